#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/coverage_text.h"
#include "daemon/tenant_reading.h"
#include "policy/text.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// A misspelt name must not pass for a policy that covers nobody.
Result<void> CheckNames(const std::vector<std::string>& names, const PolicySet& policies) {
  std::vector<std::string_view> known;
  for (const auto& policy : policies.license_policies) known.emplace_back(policy.name);
  for (const auto& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    auto message = "there is no LicensePolicy " + Quoted(name);
    if (const auto nearest = SuggestNearest(name, known); !nearest.empty()) {
      message.append("; ").append(nearest);
    }
    return UsageError(std::move(message));
  }
  return {};
}

class Coverer {
 public:
  Coverer(const CoverageOptions& options, const PolicyInForce& policy, CommandContext& context)
      : options_(options), policy_(policy), context_(context) {}

  Result<void> Cover(Runtime& runtime, const TenantConfig& tenant) {
    const auto observed = ReadTenant(runtime, tenant, ReadingNeeds(policy_.policies, tenant.name));
    if (!observed) return observed.error();
    auto desired = ResolveDesired(policy_.policies, tenant.name, *observed, runtime.clock().Now(),
                                  policy_.catalog);
    if (!desired) return std::move(desired).error();
    std::optional<SkuId> product;
    if (!options_.product.empty()) {
      const auto meant =
          ResolveProduct({.value = options_.product, .at = {}}, *observed, policy_.catalog);
      if (!meant) return UsageError(meant.error().message);
      product = *meant;
    }
    Print({.head = {.tenant = tenant.name,
                    .read_at = observed->read_at,
                    .policy_revision = policy_.revision},
           .observed = *observed,
           .policies =
               CoverageOf(*desired, *observed, options_.policies, product ? &*product : nullptr),
           .warnings = std::move(desired->warnings)});
    return {};
  }

 private:
  void Print(CoverageReport report) {
    std::sort(report.warnings.begin(), report.warnings.end());
    if (options_.format == OutputFormat::kJson) return WriteCoverageJson(report, context_.out);
    if (printed_) context_.out << "\n";
    WriteCoverageText(report, options_.full, context_.out);
    printed_ = true;
  }

  const CoverageOptions& options_;
  const PolicyInForce& policy_;
  CommandContext& context_;
  bool printed_ = false;
};

}  // namespace

ExitCode RunCoverage(const CommonOptions& common, const CoverageOptions& options,
                     CommandContext& context) {
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  const auto policy = OpenPolicy(*workplace, context);
  if (!policy) return Report(policy.error(), context);
  if (const auto known = CheckNames(options.policies, policy->policies); !known) {
    return Report(known.error(), context);
  }
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  auto code = ExitCode::kOk;
  Coverer coverer(options, *policy, context);
  for (const auto& tenant : workplace->tenants) {
    if (const auto done = coverer.Cover(runtime, tenant); !done) {
      code = Combine(code, Report(done.error(), context));
    }
  }
  return code;
}

}  // namespace seatkeeper
