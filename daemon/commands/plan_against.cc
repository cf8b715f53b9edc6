#include <limits>
#include <utility>

#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/reading_input.h"
#include "daemon/tenant_reading.h"
#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/compare_render.h"
#include "reconciler/plan/having_waited.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

template <typename T>
void Merge(std::vector<T> from, std::vector<T>& to) {
  to.insert(to.end(), from.begin(), from.end());
  SortUnique(to);
}

// What both policies need: they are to see one reading.
ReadRequest NeedsOfBoth(const PolicySet& base, const PolicySet& policies,
                        const std::string& tenant) {
  auto needs = ReadingNeeds(policies, tenant);
  auto others = ReadingNeeds(base, tenant);
  needs.properties |= others.properties;
  Merge(std::move(others.groups), needs.groups);
  Merge(std::move(others.licensed_groups), needs.licensed_groups);
  Merge(std::move(others.links), needs.links);
  return needs;
}

Result<PlanComparison> Compare(const PolicyInForce& base, const PolicyInForce& policy,
                               const TenantConfig& tenant, const ObservedState& observed) {
  auto before = InputOf(base, tenant, observed);
  const auto base_plan = PlanHavingWaited(before);
  if (!base_plan) return base_plan.error();
  auto after = InputOf(policy, tenant, observed);
  // As the daemon will see it when this has been merged.
  after.accepted_revision =
      SummarizeRevision(base.policies, tenant.name, base.revision, observed, base.catalog);
  after.descent = Descent::kYes;
  const auto plan = PlanHavingWaited(after);
  if (!plan) return plan.error();
  return ComparePlans(&base_plan->plan(), plan->plan());
}

std::size_t CommentBytes(const PlanOptions& options) {
  return options.full ? std::numeric_limits<std::size_t>::max() : kCommentBytes;
}

void Print(const PlanComparison& comparison, const CommonOptions& common,
           const PlanOptions& options, CommandContext& context) {
  if (options.format == OutputFormat::kJson) {
    context.out << RenderComparisonJson(comparison);
  } else if (options.format == OutputFormat::kMarkdown) {
    context.out << RenderComparisonMarkdown(comparison, CommentBytes(options));
  } else {
    context.out << RenderComparisonText(
        comparison, {.color = context.out_is_terminal && !common.no_color, .full = options.full});
  }
}

}  // namespace

ExitCode RunPlanAgainst(const CommonOptions& common, const PlanOptions& options,
                        CommandContext& context) {
  if (options.snapshot.empty() || !options.out.empty()) {
    return Report(UsageError(options.snapshot.empty()
                                 ? "--against compares two policies on one reading: name a "
                                   "snapshot with --snapshot"
                                 : "--out saves a plan, and --against makes none to be applied"),
                  context);
  }
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  const auto policy = OpenPolicy(*workplace, context);
  if (!policy) return Report(policy.error(), context);
  auto base_place = *workplace;
  base_place.policy_path = options.against;
  const auto base = OpenPolicy(base_place, context);
  if (!base) return Report(base.error(), context);
  const auto& tenant = workplace->tenants.front();
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  const auto observed =
      ReadTenant(runtime, tenant, NeedsOfBoth(base->policies, policy->policies, tenant.name));
  if (!observed) return Report(observed.error(), context);
  const auto comparison = Compare(*base, *policy, tenant, *observed);
  if (!comparison) return Report(comparison.error(), context);
  Print(*comparison, common, options, context);
  if (comparison->has_held()) return ExitCode::kHeld;
  return options.detailed_exit_code && comparison->has_differences() ? ExitCode::kChanges
                                                                     : ExitCode::kOk;
}

}  // namespace seatkeeper
