#include "reconciler/file/snapshot.h"
#include "daemon/commands/logged_runtime.h"

#include <optional>

#include "daemon/commands/command.h"
#include "daemon/cycle_result.h"
#include "daemon/snapshot_choice.h"
#include "daemon/tenant_reading.h"
#include "reconciler/file/private_file.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// The policy, where there is one. One that does not load must not keep anybody from saving what is
// there, but is told.
std::optional<PolicyInForce> PolicyForSnapshot(const Workplace& workplace,
                                               CommandContext& context) {
  auto policy = OpenPolicy(workplace, context);
  if (policy) return *std::move(policy);
  context.err << "seatkeeper: warning: " << Describe(policy.error())
              << "; the snapshot holds no groups, and nothing else that only a policy can name\n";
  return std::nullopt;
}

}  // namespace

ExitCode RunSnapshot(const CommonOptions& common, const SnapshotOptions& options,
                     CommandContext& context) {
  const auto workplace = OpenWorkplace(common, "", context);
  if (!workplace) return Report(workplace.error(), context);
  if (workplace->tenants.size() != 1) {
    return Report(UsageError("a snapshot is of one tenant: say which with --tenant"), context);
  }
  const auto& tenant = workplace->tenants.front();
  const auto policy = PolicyForSnapshot(*workplace, context);
  const auto* policies = policy ? &policy->policies : nullptr;
  const auto choice = ChooseSnapshot(options, policies, tenant.name);
  if (!choice) return Report(choice.error(), context);
  const auto needs =
      policies != nullptr
          ? ReadingNeeds(*policies, tenant.name)
          : ReadRequest{.properties = PlanningProperties(), .groups = {}, .links = {}};
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  const auto observed = ReadTenant(runtime, tenant, needs, choice->also);
  if (!observed) return Report(observed.error(), context);
  const auto text = RenderSnapshot(*observed, choice->pseudonyms ? &*choice->pseudonyms : nullptr);
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
