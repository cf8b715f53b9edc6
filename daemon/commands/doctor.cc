#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

#include "daemon/commands/command.h"
#include "daemon/credential_expiry.h"
#include "daemon/cycle_result.h"
#include "daemon/log_observer.h"
#include "daemon/permissions.h"
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
    if (const auto probe = SignInFor(tenant, Purpose::kReading, tenant.name)) {
      CheckGraph(tenant, *probe);
      CheckPermissions(tenant, *probe);
      CheckClock(tenant, *probe);
    }
    if (tenant.read_sign_in && tenant.mode == TenantConfig::Mode::kEnforce) CheckChanging(tenant);
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

  void CheckChanging(const TenantConfig& tenant) {
    const auto subject = tenant.name + " changing";
    const auto probe = SignInFor(tenant, Purpose::kChanging, subject);
    if (!probe) return;
    ReportMissing(subject + " permissions", *probe,
                  {.reading = false,
                   .enforce = true,
                   .usage_locations = SetsUsageLocations(policies_, tenant.name)});
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
    Fail(tenant.name + " service", Describe(*probe.graph_error), "check network and endpoints",
         ExitCodeOf(probe.graph_error->kind));
  }

  void CheckPermissions(const TenantConfig& tenant, const GraphProbe& probe) {
    const auto subject = tenant.name + " permissions";
    const auto needs = ReadingNeeds(policies_, tenant.name);
    const bool direct_members = std::ranges::any_of(
        needs.links, [](const Link& link) { return link.kind == Link::Kind::kDirectMembers; });
    const bool enforce = tenant.mode == TenantConfig::Mode::kEnforce && !tenant.read_sign_in;
    ReportMissing(subject, probe,
                  {.groups = !needs.groups.empty() || direct_members,
                   .sign_ins = SelectsSignIns(needs.properties),
                   .enforce = enforce,
                   .usage_locations = SetsUsageLocations(policies_, tenant.name)});
  }

  void ReportMissing(const std::string& subject, const GraphProbe& probe,
                     const FeaturesUsed& features) {
    const auto missing = FindMissingPermissions(probe.roles, features);
    for (const auto& each : missing) {
      Fail(subject, fmt::format("{} is missing, for {}", each.name, each.what),
           "grant the application permission and admin consent", ExitCode::kNoPermission);
    }
    if (missing.empty()) Ok(subject, fmt::format("{}", fmt::join(probe.roles, ", ")));
  }

  void CheckClock(const TenantConfig& tenant, const GraphProbe& probe) {
    const auto subject = tenant.name + " clock";
    if (!probe.clock_skew) return Warn(subject, "the service did not say its time", "none needed");
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*probe.clock_skew);
    if (std::chrono::abs(*probe.clock_skew) > kClockTolerance) {
      return Fail(subject, fmt::format("{} s apart from the service's", seconds.count()),
                  "set this machine's clock, with NTP", ExitCode::kError);
    }
    Ok(subject, fmt::format("{} s apart from the service's", seconds.count()));
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
