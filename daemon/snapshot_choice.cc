#include "daemon/snapshot_choice.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/named_users.h"
#include "daemon/text_file.h"
#include "policy/rule/property.h"
#include "policy/text.h"
#include "reconciler/graph/user_select.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

using rule::Property;

// A key that could be guessed would give the names away.
constexpr std::size_t kMinKeyBytes = 16;

// Taken along whatever the policy says. Not so the sign-in times, which most tenants may not read,
// and the assigned plans, which would be most of the file and follow from what is held.
PropertySet TakenAlong() {
  PropertySet properties;
  for (const auto& info : rule::Properties()) {
    if (ParentOf(info.property) == kSignInActivity) continue;
    if (info.property == Property::kAssignedPlans) continue;
    if (info.property != Property::kObjectId) properties.Add(info.property);
  }
  return properties;
}

Result<PropertySet> Named(const std::vector<std::string>& names) {
  PropertySet properties;
  for (const auto& name : names) {
    const auto property = rule::FindProperty(name);
    if (property) {
      properties.Add(*property);
    } else if (name.starts_with("extension_")) {
      properties.Add(rule::DirectoryExtension{.name = name});
    } else {
      std::vector<std::string_view> known;
      for (const auto& info : rule::Properties()) known.push_back(info.rule_name);
      const auto suggestion = SuggestNearest(name, known);
      return MakeError(ErrorKind::kUsage,
                       fmt::format("--keep {}: no such property of a user{}", name,
                                   suggestion.empty() ? "" : "; " + suggestion));
    }
  }
  return properties;
}

// Calls visit(rule) with every rule of the policies that are about the tenant.
template <typename Visit>
void ForEachRule(const PolicySet& policies, std::string_view tenant, Visit&& visit) {
  for (const auto& policy : policies.license_policies) {
    if (!AppliesTo(policy.tenants, tenant)) continue;
    const auto& subjects = policy.subjects;
    for (const auto* rule : {&subjects.of.rule, &subjects.where, &subjects.except.rule}) {
      if (*rule) visit(**rule);
    }
  }
}

// A rule that reads a name finds nobody among pseudonyms, which would look like a removal of all.
Result<void> CheckRules(const PolicySet& policies, std::string_view tenant,
                        const PropertySet& kept) {
  std::optional<Error> wrong;
  ForEachRule(policies, tenant, [&](const Rule& rule) {
    rule::ForEachOperand(rule.expression, [&](const rule::Operand& operand) {
      const auto* property = std::get_if<Property>(&operand);
      if (wrong || property == nullptr || !TellsWho(*property) || kept.Has(*property)) return;
      const auto& name = rule::Info(*property).rule_name;
      wrong = MakeError(ErrorKind::kInvalid,
                        fmt::format("this rule reads user.{0}, which tells who somebody is: "
                                    "--keep {0} saves it as it is",
                                    name));
      wrong->position = rule.at;
    });
  });
  if (wrong) return *std::move(wrong);
  return {};
}

// Who is named in the files is no secret of the snapshot, and has to be found by that name.
std::set<std::string> NamesInPolicies(const PolicySet& policies, std::string_view tenant) {
  std::set<std::string> names;
  for (const auto& user : NamedUsers(policies, tenant)) names.insert(FoldCase(user.value));
  ForEachRule(policies, tenant, [&](const Rule& rule) {
    const auto* reports = std::get_if<rule::DirectReports>(&rule.expression.node);
    if (reports != nullptr) names.insert(reports->manager.ToString());
  });
  return names;
}

Result<std::string> ReadKey(const SnapshotOptions& options) {
  if (options.key_file.empty()) {
    return MakeError(ErrorKind::kUsage,
                     "--pseudonymize needs --key-file: without a secret key anybody could find "
                     "out who is meant");
  }
  auto key = ReadSecretFile(options.key_file, "key");
  if (!key) return std::move(key).error();
  if (key->size() < kMinKeyBytes) {
    return MakeError(ErrorKind::kInvalid,
                     fmt::format("the key in {} has {} bytes; at least {} are needed, as from "
                                 "`openssl rand -hex 32`",
                                 options.key_file, key->size(), kMinKeyBytes));
  }
  return key;
}

}  // namespace

Result<SnapshotChoice> ChooseSnapshot(const SnapshotOptions& options, const PolicySet* policies,
                                      std::string_view tenant) {
  SnapshotChoice choice{.also = {}, .pseudonyms = {}};
  const bool few = options.only_needed || options.pseudonymize;
  if (!few && !options.keep.empty()) {
    return MakeError(ErrorKind::kUsage,
                     "--keep adds to what --only-needed or --pseudonymize saves");
  }
  if (!options.pseudonymize && !options.key_file.empty()) {
    return MakeError(ErrorKind::kUsage, "--key-file is for --pseudonymize");
  }
  auto kept = Named(options.keep);
  if (!kept) return std::move(kept).error();
  choice.also = few ? *kept : TakenAlong();
  if (!options.pseudonymize) return choice;
  if (policies == nullptr) {
    return MakeError(ErrorKind::kInvalid,
                     "--pseudonymize needs the policy: who is named in it keeps the name");
  }
  auto key = ReadKey(options);
  if (!key) return std::move(key).error();
  if (auto checked = CheckRules(*policies, tenant, *kept); !checked) {
    return std::move(checked).error();
  }
  choice.pseudonyms.emplace(
      Secret(std::move(key).value()),
      Pseudonyms::Kept{.properties = *kept, .names = NamesInPolicies(*policies, tenant)});
  return choice;
}

}  // namespace seatkeeper
