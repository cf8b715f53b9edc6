#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "daemon/accept_patch.h"
#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/conflict.h"
#include "daemon/find_user.h"
#include "daemon/policy_load.h"
#include "daemon/policy_source.h"
#include "daemon/reading_input.h"
#include "daemon/tenant_reading.h"
#include "policy/scalar.h"
#include "policy/text.h"
#include "reconciler/file/private_file.h"
#include "reconciler/plan/having_waited.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;

Result<Acceptance> MakeAcceptance(const AcceptOptions& options) {
  const auto& reason = options.reason;
  if (reason.find_first_not_of(" \t") == std::string::npos) {
    return UsageError("say why with --reason: the policy keeps it");
  }
  if (reason.find_first_of("\r\n") != std::string::npos) {
    return UsageError("--reason must be one line: it becomes a comment");
  }
  const auto until = ParseDate(options.expires);
  if (!until) {
    return UsageError("--expires must be a day, such as 2027-03-31, but is " +
                      Quoted(options.expires));
  }
  return Acceptance{
      .row = 0, .product = std::nullopt, .reason = reason, .until = *until, .tenant = {}};
}

// A name that no file has yet, beside the files that are there.
std::string NewFile(const std::string& folder, const std::string& user) {
  const auto stem = fs::path(folder) / ("accepted-" + PlainName(user));
  auto path = stem.string() + ".yaml";
  for (int i = 2; fs::exists(path); ++i) path = fmt::format("{}-{}.yaml", stem.string(), i);
  return path;
}

class Accept {
 public:
  Accept(const Workplace& workplace, const PolicyInForce& policy, const ObservedState& observed)
      : workplace_(workplace), policy_(policy), observed_(observed) {}

  // The file and its text, proven.
  Result<std::pair<std::string, std::string>> Run(const AcceptOptions& options,
                                                  Acceptance acceptance) {
    const auto& tenant = workplace_.tenants.front();
    const auto row = FindUser(observed_.users, options.user);
    if (!row) {
      auto suggestion = SuggestUser(observed_.users, options.user);
      if (!suggestion.empty()) suggestion = "; " + suggestion;
      return MakeError(ErrorKind::kNotFound,
                       tenant.name + " has no user " + Quoted(options.user) + suggestion);
    }
    acceptance.row = *row;
    if (!options.product.empty()) {
      const auto product =
          ResolveProduct({.value = options.product, .at = {}}, observed_, policy_.catalog);
      if (!product) return UsageError(product.error().message);
      acceptance.product = *product;
    }
    if (workplace_.known_names.size() > 1) acceptance.tenant = tenant.name;
    auto before_input = InputOf(policy_, tenant, observed_);
    const auto before = PlanHavingWaited(before_input);
    if (!before) return before.error();
    auto accepted = DocumentsAccepting(before_input, before->plan(), acceptance);
    if (!accepted) return std::move(accepted).error();
    auto path =
        NewFile(workplace_.policy_path, std::string(observed_.users.user_principal_name(*row)));
    const auto policies = LoadWith({.path = path, .text = accepted->text});
    if (!policies) return policies.error();
    auto after_input = InputOf(*policies, tenant, observed_);
    const auto after = PlanHavingWaited(after_input);
    if (!after) return after.error();
    if (auto proven = ProveAccepted(before->plan(), after->plan(), observed_.users.id(*row),
                                    accepted->products);
        !proven) {
      return std::move(proven).error();
    }
    return std::pair(std::move(path), std::move(accepted->text));
  }

 private:
  // The policy as it will be, by the loader that every command uses.
  Result<PolicyInForce> LoadWith(SourceFile file) const {
    auto tree = ReadPolicyTree(workplace_.policy_path);
    if (!tree) return std::move(tree).error();
    tree->files.push_back(std::move(file));
    const LoadOptions options{
        .tenants = {workplace_.known_names.begin(), workplace_.known_names.end()},
        .catalog = policy_.catalog};
    auto loaded = LoadOnThreads(tree->files, options);
    for (const auto& finding : loaded.diagnostics) {
      if (finding.severity != Severity::kError) continue;
      return Conflict("the policy would not load with it: " + finding.message);
    }
    return PolicyInForce{.policies = std::move(loaded.policies),
                         .revision = policy_.revision,
                         .outdated = false,
                         .catalog = policy_.catalog};
  }

  const Workplace& workplace_;
  const PolicyInForce& policy_;
  const ObservedState& observed_;
};

}  // namespace

ExitCode RunAccept(const CommonOptions& common, const AcceptOptions& options,
                   CommandContext& context) {
  auto acceptance = MakeAcceptance(options);
  if (!acceptance) return Report(acceptance.error(), context);
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  if (workplace->tenants.size() != 1) {
    return Report(UsageError("several tenants are configured: say whose user with --tenant"),
                  context);
  }
  const auto policy = OpenPolicy(*workplace, context);
  if (!policy) return Report(policy.error(), context);
  if (!fs::is_directory(workplace->policy_path)) {
    return Report(
        UsageError("the policy is one file, and what is accepted goes into a file of its own: "
                   "name a directory with --policy"),
        context);
  }
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  const auto& tenant = workplace->tenants.front();
  const auto observed = ReadTenant(runtime, tenant, ReadingNeeds(policy->policies, tenant.name));
  if (!observed) return Report(observed.error(), context);
  const auto found = Accept(*workplace, *policy, *observed).Run(options, *std::move(acceptance));
  if (!found) return Report(found.error(), context);
  const auto relative = fs::path(found->first).relative_path().lexically_normal().generic_string();
  const auto patch = PatchAdding(relative, found->second);
  if (options.out.empty()) {
    context.out << patch;
    return ExitCode::kOk;
  }
  const auto saved = WritePrivateFile(options.out, patch);
  return saved ? ExitCode::kOk : Report(saved.error(), context);
}

}  // namespace seatkeeper
