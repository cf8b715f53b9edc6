#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "daemon/commands/command.h"
#include "daemon/credential_expiry.h"
#include "daemon/cycle_result.h"
#include "daemon/doctor_checks.h"
#include "daemon/log_observer.h"
#include "daemon/notify/target_check.h"
#include "daemon/runtime.h"
#include "daemon/tenant_reading.h"
#include "reconciler/graph/graph_provider.h"
#include "reconciler/graph/user_select.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/render_text.h"

namespace seatkeeper {
namespace {

class Doctor {
 public:
  Doctor(const CommonOptions& common, CommandContext& context)
      : common_(common),
        context_(context),
        log_(context.err, common.log_level, common.log_format),
        log_observer_(log_) {
    runtime_.observers().Add(log_observer_);
  }

  ExitCode Run() {
    auto workplace = OpenWorkplace(common_, "", context_);
    if (!workplace) {
      Fail("config", Describe(workplace.error()), "see the findings above",
           ExitCodeOf(workplace.error().kind));
      return code_;
    }
    Ok("config",
       fmt::format("{}, {}", common_.config_path, Count(workplace->tenants.size(), "tenant")));
    CheckPolicy(*workplace);
    CheckStore(*workplace);
    for (const auto& target : workplace->notify) Tell(CheckTarget(target));
    for (const auto& tenant : workplace->tenants) {
      CheckHolds(tenant);
      CheckTenant(tenant);
    }
    return code_;
  }

 private:
  void Line(std::string_view verdict, const std::string& subject, const std::string& what,
            const std::string& mend) {
    context_.out << fmt::format("{:<4}  {}: {}{}\n", verdict, subject, Printable(what),
                                mend.empty() ? "" : " — " + mend);
  }
  void Ok(const std::string& subject, const std::string& what) { Line("ok", subject, what, ""); }
  void Warn(const std::string& subject, const std::string& what, const std::string& mend) {
    Line("warn", subject, what, mend);
  }
  void Fail(const std::string& subject, const std::string& what, const std::string& mend,
            ExitCode code) {
    Line("FAIL", subject, what, mend);
    code_ = Combine(code_, code);
  }

  void Tell(const Check& check) {
    if (check.verdict == Check::Verdict::kFail) {
      return Fail(check.subject, check.what, check.mend, check.code);
    }
    const bool warns = check.verdict == Check::Verdict::kWarn;
    Line(warns ? "warn" : "ok", check.subject, check.what, check.mend);
  }
  void Tell(const std::vector<Check>& checks) {
    for (const auto& check : checks) Tell(check);
  }

  void CheckPolicy(const Workplace& workplace) {
    auto policy = OpenPolicy(workplace, context_);
    if (!policy) {
      return Fail("policy", Describe(policy.error()), "run `seatkeeper validate`",
                  ExitCode::kInvalid);
    }
    Ok("policy", fmt::format("{}, {}", workplace.policy_path,
                             Count(policy->policies.license_policies.size(), "policy document")));
    policies_ = std::move(policy->policies);
  }

  // Opening may create the file, as `run` would, and renewing no lease at all still has to write.
  void CheckStore(const Workplace& workplace) {
    if (const auto opened = runtime_.OpenStore(workplace.store_path); !opened) {
      return Fail("store", opened.error().message,
                  "make the folder exist and writable for this user", ExitCode::kError);
    }
    store_opens_ = true;
    const TenantKey nobody{.tenant_id = "doctor", .cloud = "none"};
    const auto written = runtime_.Await<Result<void>>([&](auto done) {
      runtime_.store().Run(
          [&](Store& store) -> Result<void> {
            auto lease = store.AcquireLease(nobody, Runtime::Holder(), runtime_.clock().Now(),
                                            std::chrono::seconds(1));
            if (!lease) return std::move(lease).error();
            return store.ReleaseLease(*lease);
          },
          std::move(done));
    });
    if (!written) {
      return Fail("store", written.error().message, "make the file writable for this user",
                  ExitCode::kError);
    }
    Ok("store", workplace.store_path + " opens and can be written");
  }

  // What the store says of the tenant that would hold its changes, or its removals.
  void CheckHolds(const TenantConfig& tenant) {
    if (!store_opens_) return;
    Suspension suspension;
    StoreStanding standing;
    const auto read = runtime_.Await<Result<void>>([&](auto done) {
      runtime_.store().Run(
          [&](Store& store) -> Result<void> {
            auto suspended = store.SuspensionOf(KeyOf(tenant));
            if (!suspended) return std::move(suspended).error();
            suspension = *std::move(suspended);
            auto found = store.Standing(KeyOf(tenant));
            if (!found) return std::move(found).error();
            standing = *found;
            return {};
          },
          std::move(done));
    });
    const auto subject = tenant.name + " memory";
    if (!read) return Fail(subject, read.error().message, "repair the store", ExitCode::kError);
    if (!suspension.empty()) {
      Warn(tenant.name, Describe(suspension) + "; nothing is changed",
           "`seatkeeper resume --tenant " + tenant.name + "`");
    }
    // A snapshot is never changed: nobody has to rely on what is remembered of it.
    if (tenant.provider == TenantConfig::Provider::kFile) return;
    const auto doubt = JudgeStore(standing, runtime_.clock().Now(), tenant.interval);
    if (!doubt) return Ok(subject, "the store may be relied on");
    const auto held = StoreHolds(tenant.name, *doubt);
    Warn(subject, held.value + "; removals are held", held.release);
  }

  void CheckTenant(const TenantConfig& tenant) {
    if (tenant.provider == TenantConfig::Provider::kFile) return CheckFile(tenant);
    const auto needs = ReadingNeeds(policies_, tenant.name);
    if (const auto probe = SignInFor(tenant, Purpose::kReading, tenant.name)) {
      CheckGraph(tenant, *probe);
      Tell(JudgePermissions(tenant.name + " permissions", probe->roles, Reading(tenant, needs)));
      Tell(JudgeClock(tenant.name + " clock", probe->clock_skew));
      Tell(JudgeQuota(tenant.name + " quota", *probe));
      if (Answers(*probe)) CheckContents(tenant, OutlineOf(needs));
    }
    if (tenant.read_sign_in && tenant.mode == TenantConfig::Mode::kEnforce) {
      CheckChanging(tenant, needs);
    }
  }

  // What the application that reads is used for; without another one it changes, too.
  FeaturesUsed Reading(const TenantConfig& tenant, const ReadRequest& needs) const {
    const bool direct_members = std::ranges::any_of(
        needs.links, [](const Link& link) { return link.kind == Link::Kind::kDirectMembers; });
    auto used = Changing(tenant, needs);
    used.reading = true;
    used.groups = !needs.groups.empty() || direct_members;
    used.sign_ins = SelectsSignIns(needs.properties);
    used.audit_log = tenant.audit_log.count() > 0;
    used.inactive = tenant.inactive_after.count() > 0;
    used.enforce = tenant.mode == TenantConfig::Mode::kEnforce && !tenant.read_sign_in;
    return used;
  }

  FeaturesUsed Changing(const TenantConfig& tenant, const ReadRequest& needs) const {
    return {.reading = false,
            .enforce = true,
            .usage_locations = SetsUsageLocations(policies_, tenant.name),
            .licensed_groups = !needs.licensed_groups.empty(),
            .reprocessing = !needs.licensed_groups.empty()};
  }

  // It does not only refuse to name the organisation.
  static bool Answers(const GraphProbe& probe) {
    return !probe.graph_error || probe.graph_error->kind == ErrorKind::kPermission;
  }

  // Signs in as whoever does that; nothing after a failure, which has been said.
  std::optional<GraphProbe> SignInFor(const TenantConfig& tenant, Purpose purpose,
                                      const std::string& subject) {
    const bool apart = purpose == Purpose::kReading && tenant.read_sign_in;
    const auto& sign_in = apart ? *tenant.read_sign_in : tenant.sign_in;
    const auto proof = ProofName(sign_in);
    if (const auto usable = CheckSignIn(tenant, purpose, runtime_.clock().Now()); !usable) {
      const bool unread = usable.error().kind != ErrorKind::kInvalid;
      Fail(subject, usable.error().message,
           unread ? fmt::format("put {} there, readable for this user", proof) : "",
           ExitCode::kInvalid);
      return std::nullopt;
    }
    TellExpiry(subject, sign_in);
    auto alone = tenant;
    alone.sign_in = sign_in;
    alone.read_sign_in.reset();
    auto provider = MakeGraphProvider(alone, runtime_.provider_parts());
    auto probe =
        runtime_.Await<Result<GraphProbe>>([&](auto done) { provider->Probe(std::move(done)); });
    if (!probe) {
      Fail(subject + " sign-in", Describe(probe.error()),
           probe.error().kind == ErrorKind::kPermission
               ? fmt::format("check tenantId, {}.clientId and {}", apart ? "readAuth" : "auth",
                             proof)
               : "check network, proxy, caFile and endpoints",
           ExitCodeOf(probe.error().kind));
      return std::nullopt;
    }
    Ok(subject + " sign-in", "signed in as " + IdentityName(sign_in));
    return *std::move(probe);
  }

  void TellExpiry(const std::string& subject, const SignIn& sign_in) {
    const auto notice = DescribeExpiry(sign_in, runtime_.clock().Now());
    if (notice.near) return Warn(subject + " credential", notice.what, notice.mend);
    if (!notice.what.empty()) Ok(subject + " credential", notice.what);
  }

  void CheckChanging(const TenantConfig& tenant, const ReadRequest& needs) {
    const auto subject = tenant.name + " changing";
    const auto probe = SignInFor(tenant, Purpose::kChanging, subject);
    if (!probe) return;
    Tell(JudgePermissions(subject + " permissions", probe->roles, Changing(tenant, needs)));
    Tell(JudgeQuota(subject + " quota", *probe));
  }

  // What stands in the tenant, and what the policy names of it.
  void CheckContents(const TenantConfig& tenant, const ReadRequest& asked) {
    auto provider = MakeGraphProvider(tenant, runtime_.provider_parts());
    ObservedBuilder sink(asked.properties);
    const auto read = runtime_.Await<Result<void>>(
        [&](auto done) { provider->ReadOutline(asked, sink, std::move(done)); });
    if (!read) {
      const bool denied = read.error().kind == ErrorKind::kPermission;
      return Fail(tenant.name + " contents", Describe(read.error()),
                  denied ? "see the permissions above" : MendOf(read.error()),
                  ExitCodeOf(read.error().kind));
    }
    const auto observed = sink.Finish(KeyOf(tenant).tenant_id, runtime_.clock().Now());
    Tell(JudgeSubscriptions(tenant.name + " subscriptions", observed));
    Tell(JudgeSelfService(tenant.name + " self-service", observed));
    Tell(JudgeGroups(tenant.name + " groups", asked, observed));
  }

  // Of an error that is no matter of permissions.
  static std::string MendOf(const Error& error) {
    if (error.kind != ErrorKind::kThrottled) return "check network and endpoints";
    return "wait; find out who else signs in as this application";
  }

  void CheckFile(const TenantConfig& tenant) {
    const auto observed = ReadTenant(
        runtime_, tenant, {.properties = PlanningProperties(), .groups = {}, .links = {}});
    if (!observed) {
      return Fail(tenant.name, Describe(observed.error()), "save one with `seatkeeper snapshot`",
                  ExitCodeOf(observed.error().kind));
    }
    Ok(tenant.name,
       fmt::format("snapshot {} of {} with {}", tenant.path, FormatTime(observed->read_at),
                   Count(observed->users.size(), "user")));
  }

  void CheckGraph(const TenantConfig& tenant, const GraphProbe& probe) {
    if (!probe.graph_error) {
      return Ok(tenant.name + " service", "answers; the organisation is " + probe.organization);
    }
    const bool denied = probe.graph_error->kind == ErrorKind::kPermission;
    if (denied) {
      return Warn(tenant.name + " service",
                  "answers, but the organisation may not be read: " + Describe(*probe.graph_error),
                  "see the permissions below");
    }
    Fail(tenant.name + " service", Describe(*probe.graph_error), MendOf(*probe.graph_error),
         ExitCodeOf(probe.graph_error->kind));
  }

  const CommonOptions& common_;
  CommandContext& context_;
  Log log_;
  LogObserver log_observer_;
  PolicySet policies_;
  ExitCode code_ = ExitCode::kOk;
  bool store_opens_ = false;
  Runtime runtime_;
};

}  // namespace

ExitCode RunDoctor(const CommonOptions& common, const DoctorOptions& /*options*/,
                   CommandContext& context) {
  return Doctor(common, context).Run();
}

}  // namespace seatkeeper
