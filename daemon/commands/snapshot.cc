#include "reconciler/file/snapshot.h"
#include "daemon/commands/command.h"
#include "daemon/cycle_result.h"
#include "daemon/log_observer.h"
#include "daemon/runtime.h"
#include "daemon/tenant_reading.h"
#include "reconciler/file/private_file.h"
#include "reconciler/graph/user_select.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// What the policy needs, where there is a policy. A policy that does not load must not keep anybody
// from saving what is there, but is told.
ReadRequest PolicyNeeds(const Workplace& workplace, const std::string& tenant,
                        CommandContext& context) {
  const auto policy = OpenPolicy(workplace, context);
  if (policy) return ReadingNeeds(policy->policies, tenant);
  context.err << "seatkeeper: warning: " << Describe(policy.error())
              << "; the snapshot holds no groups, and nothing else that only a policy can name\n";
  return {.properties = PlanningProperties(), .groups = {}, .links = {}};
}

// Taken along whatever the policy says. Not so the sign-in times, which most tenants may not read,
// and the assigned plans, which would be most of the file and follow from what is held.
PropertySet TakenAlong() {
  PropertySet properties;
  for (const auto& info : rule::Properties()) {
    if (ParentOf(info.property) == kSignInActivity) continue;
    if (info.property == rule::Property::kAssignedPlans) continue;
    if (info.property != rule::Property::kObjectId) properties.Add(info.property);
  }
  return properties;
}

}  // namespace

ExitCode RunSnapshot(const CommonOptions& common, const SnapshotOptions& options,
                     CommandContext& context) {
  const auto workplace = OpenWorkplace(common, "", context);
  if (!workplace) return Report(workplace.error(), context);
  if (workplace->tenants.size() != 1) {
    return Report({.kind = ErrorKind::kUsage,
                   .message = "a snapshot is of one tenant: say which with --tenant",
                   .position = {},
                   .service = {}},
                  context);
  }
  const auto& tenant = workplace->tenants.front();
  const auto needs = PolicyNeeds(*workplace, tenant.name, context);
  Log log(context.err, common.log_level, common.log_format);
  LogObserver log_observer(log);
  Runtime runtime;
  runtime.observers().Add(log_observer);
  const auto observed = ReadTenant(runtime, tenant, needs, TakenAlong());
  if (!observed) return Report(observed.error(), context);
  const auto text = RenderSnapshot(*observed);
  if (options.out.empty()) {
    context.out << text;
    return ExitCode::kOk;
  }
  if (const auto saved = WritePrivateFile(options.out, text); !saved) {
    return Report(saved.error(), context);
  }
  context.err << Count(observed->users.size(), "user") << " saved to " << options.out << "\n";
  return ExitCode::kOk;
}

}  // namespace seatkeeper
