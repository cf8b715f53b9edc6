#include <utility>

#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/cycle_result.h"
#include "reconciler/file/private_file.h"
#include "reconciler/plan/compare_render.h"
#include "reconciler/plan/render_json.h"
#include "reconciler/plan/render_text.h"

namespace seatkeeper {
namespace {

class Planner {
 public:
  Planner(const CommonOptions& common, const PlanOptions& options, CommandContext& context)
      : common_(common), options_(options), context_(context) {}

  ExitCode Run() {
    const auto workplace = OpenWorkplace(common_, options_.snapshot, context_);
    if (!workplace) return Report(workplace.error(), context_);
    if (!options_.out.empty() && workplace->tenants.size() > 1) {
      return Report(UsageError("--out saves one plan: say which tenant's with --tenant"), context_);
    }
    const auto policy = OpenPolicy(*workplace, context_);
    if (!policy) return Report(policy.error(), context_);
    LoggedRuntime logged(common_, context_);
    Runtime& runtime = *logged;
    if (const auto opened = runtime.OpenStore(StoreToLookAt(*workplace)); !opened) {
      return Report(opened.error(), context_);
    }
    auto code = ExitCode::kOk;
    for (const auto& tenant : workplace->tenants) {
      code = Combine(code, PlanTenant(runtime, tenant, *policy));
    }
    return code;
  }

 private:
  ExitCode PlanTenant(Runtime& runtime, const TenantConfig& tenant, const PolicyInForce& policy) {
    auto provider = MakeProvider(tenant, runtime.provider_parts());
    if (!provider) return Report(provider.error(), context_);
    auto looking = Looking(tenant, options_.snapshot);
    looking.record_held = options_.snapshot.empty();
    const auto report = runtime.RunCycle(**provider, policy, std::move(looking));
    if (report.error) return Report(*report.error, context_);
    Plan plan = report.plan->plan();
    // A snapshot stands for its own moment: the same file always gives the same bytes.
    plan.observed_at = ReadingTime(**provider).value_or(plan.observed_at);
    return Print(plan, WritesPerSecond(tenant));
  }

  ExitCode Print(const Plan& plan, double writes_per_second) {
    if (!options_.out.empty()) {
      const auto saved = WritePrivateFile(
          options_.out, [&](const auto& sink) { WritePlanJson(plan, sink, writes_per_second); });
      if (!saved) return Report(saved.error(), context_);
      context_.err << "plan saved to " << options_.out << "\n";
    }
    if (options_.format == OutputFormat::kJson) {
      WritePlanJson(
          plan, [&](std::string_view piece) { context_.out << piece; }, writes_per_second);
    } else if (options_.format == OutputFormat::kMarkdown) {
      context_.out << RenderComparisonMarkdown(ComparePlans(nullptr, plan));
    } else {
      context_.out << (printed_ ? "\n" : "")
                   << RenderPlanText(plan,
                                     {.color = context_.out_is_terminal && !common_.no_color,
                                      .full = options_.full},
                                     writes_per_second);
      printed_ = true;
    }
    if (plan.has_held()) return ExitCode::kHeld;
    return options_.detailed_exit_code && plan.has_changes() ? ExitCode::kChanges : ExitCode::kOk;
  }

  const CommonOptions& common_;
  const PlanOptions& options_;
  CommandContext& context_;
  bool printed_ = false;
};

}  // namespace

ExitCode RunPlan(const CommonOptions& common, const PlanOptions& options, CommandContext& context) {
  if (!options.against.empty()) return RunPlanAgainst(common, options, context);
  return Planner(common, options, context).Run();
}

}  // namespace seatkeeper
