#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>

#include "daemon/apply_report.h"
#include "daemon/commands/command.h"
#include "daemon/conflict.h"
#include "daemon/cycle_result.h"
#include "daemon/log_observer.h"
#include "daemon/one_off_text.h"
#include "daemon/plan_file.h"
#include "daemon/runtime.h"
#include "daemon/text_file.h"
#include "daemon/undo_text.h"
#include "reconciler/plan/render_text.h"

namespace seatkeeper {
namespace {

// An undo or a one-off waits so long for a cycle that is under way.
constexpr std::chrono::minutes kPatience{2};
constexpr std::size_t kMaxPlanBytes = std::size_t{1} << 30;

// A person says that there is none; it is told apart from every other in history.
Result<PolicyInForce> NoPolicy() {
  return PolicyInForce{.policies = {}, .revision = "none", .outdated = false, .catalog = {}};
}

class Applier {
 public:
  Applier(const CommonOptions& common, const ApplyOptions& options, CommandContext& context,
          const UndoQuery* undo = nullptr, const OneOff* one_off = nullptr)
      : common_(common),
        options_(options),
        undo_(undo),
        one_off_(one_off),
        context_(context),
        log_(context.err, common.log_level, common.log_format),
        log_observer_(log_),
        progress_(context.err, context.err_is_terminal),
        lines_(context.out),
        runtime_(Runtime::Signals::kStop, [this](int) { Interrupt(); }) {
    runtime_.observers().Add(log_observer_);
    runtime_.observers().Add(progress_);
    if (options.format == OutputFormat::kJson) runtime_.observers().Add(lines_);
    progress_.SetClock(runtime_.clock());
  }

  ExitCode Run() {
    if (!options_.yes && !context_.in_is_terminal) {
      return Report(UsageError("there is no terminal to ask at: say --yes to apply without asking"),
                    context_);
    }
    const auto workplace = Open();
    if (!workplace) return Report(workplace.error(), context_);
    if (one_off_ != nullptr && workplace->tenants.size() != 1) {
      return Report(UsageError("several tenants are configured: say whose users with --tenant"),
                    context_);
    }
    const auto policy = options_.no_policy ? NoPolicy() : OpenPolicy(*workplace, context_);
    if (!policy) return Report(policy.error(), context_);
    if (const auto opened = runtime_.OpenStore(workplace->store_path); !opened) {
      return Report(opened.error(), context_);
    }
    auto code = ExitCode::kOk;
    for (const auto& tenant : workplace->tenants) {
      if (interrupted_) return Combine(code, ExitCode::kError);
      code = Combine(code, ApplyTenant(tenant, *policy));
    }
    return code;
  }

 private:
  // A saved plan says whose it is.
  Result<Workplace> Open() {
    auto common = common_;
    if (!options_.plan_file.empty()) {
      auto text = ReadBoundedFile(options_.plan_file, kMaxPlanBytes);
      if (!text) return std::move(text).error();
      auto saved = ParsePlanFile(options_.plan_file, *text);
      if (!saved) return std::move(saved).error();
      saved_ = std::move(saved).value();
      if (common.tenants.empty()) common.tenants = {saved_->tenant};
    }
    auto workplace = OpenWorkplace(common, "", context_);
    if (workplace && saved_ && workplace->tenants.size() != 1) {
      return UsageError("a saved plan is about one tenant, not several");
    }
    return workplace;
  }

  ExitCode ApplyTenant(const TenantConfig& tenant, const PolicyInForce& policy) {
    const auto usable = CheckSignIn(tenant, Purpose::kChanging, runtime_.clock().Now());
    if (!usable) return Report(usable.error(), context_);
    auto provider = MakeProvider(tenant, runtime_.provider_parts());
    if (!provider) return Report(provider.error(), context_);
    differences_.clear();
    shown_ = false;
    writes_per_second_ = WritesPerSecond(tenant);
    observed_only_ = tenant.mode == TenantConfig::Mode::kObserve;
    const auto report = runtime_.RunCycle(
        **provider, policy,
        Instead({.tenant = tenant.name,
                 .key = KeyOf(tenant),
                 .holder = Runtime::Holder(),
                 .ceilings = tenant.ceilings,
                 .mode = CycleRequest::Mode::kEnforce,
                 .interval = tenant.interval,
                 .retention = tenant.retention,
                 // Yes to a saved plan counts once that has proved to be the same.
                 .new_store = options_.yes && !saved_ ? CycleRequest::NewStore::kTrusted
                                                      : CycleRequest::NewStore::kConfirms,
                 .inactive_after = tenant.inactive_after,
                 .confirm = [this](const GuardedPlan& plan) { return Confirm(plan.plan()); },
                 .inspect = [this](const PlanInput& input,
                                   const Plan& plan) { LookAtOneOff(input, plan); }}),
        [this](Cycle* cycle) { cycle_ = cycle; });
    progress_.End();
    if (report.plan) Show(report.plan->plan());
    if (!differences_.empty()) return Refuse();
    // Also where something went wrong afterwards: what was done is done.
    if (options_.format == OutputFormat::kJson && report.plan) {
      context_.out << RenderUndoneJson(report.plan->plan())
                   << (one_off_report_ ? RenderOneOffJson(report.plan->plan(), *one_off_report_)
                                       : std::string())
                   << RenderApplyJson(report, lines_.told()) << std::flush;
    } else if (!report.outcomes.empty()) {
      context_.out << RenderApplyText(report) << std::flush;
    }
    if (report.error) return ReportError(*report.error);
    if (report.declined) {
      return Report(MakeError(ErrorKind::kCancelled, "nothing was applied"), context_);
    }
    const auto& undone = report.plan->plan().undone;
    const bool partial =
        (undone && undone->is_partial()) || (one_off_report_ && one_off_report_->is_partial());
    return Combine(ExitCodeOf(report), partial ? ExitCode::kFailed : ExitCode::kOk);
  }

  // With what to put back or to do once, where that is asked for.
  CycleRequest Instead(CycleRequest request) const {
    if (undo_ == nullptr && one_off_ == nullptr) return request;
    if (undo_ != nullptr) request.undo = *undo_;
    if (one_off_ != nullptr) request.one_off = *one_off_;
    // Whoever says yes to this has not seen what policy would do: that is no yes to the store.
    request.new_store = CycleRequest::NewStore::kHolds;
    request.lease_patience = kPatience;
    return request;
  }

  // Runs on a worker, before the plan is shown. What could not be planned cannot be told of either.
  void LookAtOneOff(const PlanInput& input, const Plan& plan) {
    if (one_off_ == nullptr) return;
    if (auto found = ReportOneOff(input, plan)) one_off_report_ = *std::move(found);
  }

  // The plan, once; and whether it is still the saved one.
  void Show(const Plan& plan) {
    if (shown_) return;
    shown_ = true;
    if (saved_) differences_ = DifferencesFrom(*saved_, plan);
    auto& to = options_.format == OutputFormat::kJson ? context_.err : context_.out;
    const bool terminal =
        &to == &context_.out ? context_.out_is_terminal : context_.err_is_terminal;
    const TextStyle style{.color = terminal && !common_.no_color, .full = options_.full};
    to << RenderPlanText(plan, style, writes_per_second_) << RenderUndoneText(plan, style);
    if (one_off_report_) to << RenderOneOffText(plan, *one_off_report_, observed_only_, style);
    to << std::flush;
  }

  bool Confirm(const Plan& plan) {
    Show(plan);
    if (!differences_.empty()) return false;
    const auto total = plan.CountWith(Verdict::kGo);
    if (!options_.yes &&
        !context_.ask(fmt::format(
            "Apply {} to {}? [y/N] ",
            total == 1 ? "this 1 change" : fmt::format("these {} changes", total), plan.tenant))) {
      return false;
    }
    progress_.Begin(total, runtime_.clock().Monotonic());
    lines_.Begin();
    return true;
  }

  ExitCode ReportError(Error error) {
    if ((undo_ != nullptr || one_off_ != nullptr) && error.kind == ErrorKind::kConflict) {
      error.message +=
          " Nothing was done: wait for that to end, or end it, and say the same again.";
    }
    return Report(error, context_);
  }

  ExitCode Refuse() {
    for (const auto& line : differences_) context_.err << "  " << line << "\n";
    return Report(Conflict("the saved plan no longer holds, and nothing was applied; make a new "
                           "one with `seatkeeper plan --out`"),
                  context_);
  }

  void Interrupt() {
    if (interrupted_) ::_exit(static_cast<int>(ExitCode::kError));
    interrupted_ = true;
    context_.err << "\nstopping: finishing what is under way (again: leave at once)\n"
                 << std::flush;
    if (cycle_ != nullptr) cycle_->Stop("interrupted");
  }

  const CommonOptions& common_;
  const ApplyOptions& options_;
  const UndoQuery* undo_;  // Both nullptr: what the policy wants is applied.
  const OneOff* one_off_;
  std::optional<OneOffReport> one_off_report_;  // Made on a worker before the plan is shown.
  CommandContext& context_;
  Log log_;
  LogObserver log_observer_;
  ApplyProgress progress_;
  ApplyJsonLines lines_;
  Cycle* cycle_ = nullptr;
  bool interrupted_ = false;
  bool shown_ = false;
  double writes_per_second_ = kWritesPerSecond;  // Of the tenant whose turn it is.
  bool observed_only_ = false;
  std::optional<PlanFile> saved_;
  std::vector<std::string> differences_;
  Runtime runtime_;
};

}  // namespace

ExitCode RunApply(const CommonOptions& common, const ApplyOptions& options,
                  CommandContext& context) {
  return Applier(common, options, context).Run();
}

ExitCode ApplyUndo(const CommonOptions& common, const ApplyOptions& options, const UndoQuery& undo,
                   CommandContext& context) {
  return Applier(common, options, context, &undo).Run();
}

ExitCode ApplyOneOff(const CommonOptions& common, const ApplyOptions& options,
                     const OneOff& one_off, CommandContext& context) {
  return Applier(common, options, context, nullptr, &one_off).Run();
}

}  // namespace seatkeeper
