#include "reconciler/file/snapshot.h"
#include "daemon/commands/command.h"
#include "daemon/log_observer.h"
#include "daemon/runtime.h"
#include "daemon/tenant_reading.h"
#include "reconciler/file/private_file.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// The groups that the policy names, where there is a policy. A policy that does not load must not
// keep anybody from saving what is there, but is told.
std::vector<std::string> NamedGroups(const Workplace& workplace, const std::string& tenant,
                                     CommandContext& context) {
  const auto policy = OpenPolicy(workplace, context);
  if (policy) return ReadingNeeds(policy->policies, tenant).groups;
  context.err << "seatkeeper: warning: " << policy.error().message
              << "; the snapshot holds no groups\n";
  return {};
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
  const ReadRequest request{.properties = AllProperties(),
                            .groups = NamedGroups(*workplace, tenant.name, context)};
  Log log(context.err, common.log_level, common.log_format);
  LogObserver log_observer(log);
  Runtime runtime;
  runtime.observers().Add(log_observer);
  const auto observed = ReadTenant(runtime, tenant, request);
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
