#include "daemon/accept_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/conflict.h"
#include "daemon/json_object.h"
#include "policy/text.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/plan_words.h"

namespace seatkeeper {
namespace {

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-' || c == '@';
}

std::string Day(std::chrono::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

const AssignmentRow* HeldRow(const ObservedState& observed, Row row, const SkuId& product) {
  const AssignmentRow* found = nullptr;
  for (const auto& held : observed.users.assignments(row)) {
    if (observed.product_ids[held.product] != product) continue;
    if (found == nullptr || held.source == AssignmentSource::kDirect) found = &held;
  }
  return found;
}

class Accepter {
 public:
  Accepter(const PlanInput& input, const Plan& plan, const Acceptance& acceptance,
           const DesiredState& desired)
      : input_(input), plan_(plan), acceptance_(acceptance), desired_(desired) {}

  Result<AcceptedDrift> Run() {
    AcceptedDrift accepted;
    const auto user = input_.observed.users.id(acceptance_.row);
    std::set<SkuId> products;
    for (const auto& drift : plan_.drift) {
      if (drift.user != user || drift.kind == Drift::Kind::kRedundant) continue;
      if (acceptance_.product && drift.product != *acceptance_.product) continue;
      if (!products.insert(drift.product).second) continue;
      auto document = DocumentFor(drift);
      if (!document) return std::move(document).error();
      accepted.text += (accepted.text.empty() ? "" : "---\n") + *document;
    }
    if (products.empty()) {
      return Error{.kind = ErrorKind::kNotFound,
                   .message = "policy wants what this user holds: there is no drift to accept",
                   .position = {},
                   .service = {}};
    }
    accepted.products.assign(products.begin(), products.end());
    return accepted;
  }

 private:
  Result<std::string> DocumentFor(const Drift& drift) const {
    const auto& product = *std::ranges::find(desired_.products, drift.product, &DesiredProduct::id);
    const auto name = plan_.ProductName(drift.product);
    if (drift.kind == Drift::Kind::kMissing) return Conflict(WhyNotMissing(product, name));
    if (drift.kind == Drift::Kind::kUnknown) {
      return Conflict(fmt::format("{}: {}: there is nothing sure to accept", name, drift.cause));
    }
    const auto user = std::string(input_.observed.users.user_principal_name(acceptance_.row));
    std::string text = fmt::format("# Accepted: {}\n", acceptance_.reason);
    if (!Ends(product)) {
      text += fmt::format("# Look at it again by {}: under `{}` nothing is taken away at an end.\n",
                          Day(acceptance_.until), ToString(product.management));
    }
    text += fmt::format("apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata:\n  name: {}\n",
                        YamlText(fmt::format("accepted-{}-{}", PlainName(user), PlainName(name))));
    if (!acceptance_.tenant.empty()) {
      text += fmt::format("  tenants: [{}]\n", YamlText(acceptance_.tenant));
    }
    text += "spec:\n";
    if (const auto priority = PriorityAbove(product); priority != 0) {
      text += fmt::format("  priority: {}\n", priority);
    }
    text += fmt::format("  subjects: {{users: [{}]}}\n  licenses:\n    - product: {}\n",
                        YamlText(user), YamlText(name));
    if (drift.kind == Drift::Kind::kPlans) text += PlansHeld(drift.product);
    if (Ends(product)) text += fmt::format("  expires: {}\n", Day(acceptance_.until));
    return text;
  }

  static bool Ends(const DesiredProduct& product) {
    return product.management == Management::kFull || product.management == Management::kOwned;
  }

  // Above every word that would win over the grant, or over what it says of service plans.
  int PriorityAbove(const DesiredProduct& product) const {
    int priority = 0;
    for (const auto& statement : product.statements) {
      const bool about = desired_.selections[statement.selection].rows.Contains(acceptance_.row);
      const bool wins =
          statement.kind == PolicyStatement::Kind::kRevoke || statement.shapes_plans();
      if (about && wins) priority = std::max(priority, statement.priority + 1);
    }
    return priority;
  }

  std::string PlansHeld(const SkuId& product) const {
    std::vector<std::string> names;
    if (const auto* held = HeldRow(input_.observed, acceptance_.row, product)) {
      const auto& of = input_.observed.products[held->product];
      for (const auto& id : EffectivePlans(input_.observed.plan_sets[held->disabled_plans], of)) {
        names.push_back(YamlText(NameOfServicePlan(id, input_.observed)));
      }
    }
    return fmt::format("      disabledPlans: [{}]\n", fmt::join(names, ", "));
  }

  std::string WhyNotMissing(const DesiredProduct& product, const std::string& name) const {
    const auto* grant = desired_.Deciding(product, PolicyStatement::Kind::kGrant, acceptance_.row);
    const auto who = grant == nullptr ? std::string("the policy that grants it")
                                      : OriginWords(desired_.OriginOf(*grant));
    return fmt::format(
        "{} is granted and missing; no document of its own can say that it may be missing: add the "
        "user to `except: {{users: [...]}}` of {}",
        name, who);
  }

  const PlanInput& input_;
  const Plan& plan_;
  const Acceptance& acceptance_;
  const DesiredState& desired_;
};

using DriftKey = std::tuple<UserId, SkuId, Drift::Kind>;

std::set<DriftKey> DriftOf(const Plan& plan) {
  std::set<DriftKey> keys;
  for (const auto& drift : plan.drift) keys.emplace(drift.user, drift.product, drift.kind);
  return keys;
}

std::set<std::string> ChangesOfOthers(const Plan& plan, const UserId& user) {
  std::set<std::string> ids;
  for (const auto& change : plan.changes) {
    if (change.group || change.user != user) ids.insert(change.id);
  }
  return ids;
}

}  // namespace

std::string PlainName(std::string_view name) {
  std::string plain;
  for (const char c : AsciiLower(std::string(name))) {
    const bool keeps = IsPlain(c) && c != '@' && c != '.' && c != '_';
    if (keeps || (!plain.empty() && plain.back() != '-')) plain += keeps ? c : '-';
  }
  while (plain.ends_with('-')) plain.pop_back();
  return plain;
}

std::string YamlText(std::string_view text) {
  const bool letter =
      !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
  static const std::set<std::string, std::less<>> kWords{"true", "false", "null", "yes", "no",
                                                         "on",   "off",   "y",    "n"};
  const bool word = kWords.contains(AsciiLower(std::string(text)));
  const bool plain = letter && !word && std::ranges::all_of(text, IsPlain);
  return plain ? std::string(text) : JsonString(text);
}

Result<AcceptedDrift> DocumentsAccepting(const PlanInput& input, const Plan& plan,
                                         const Acceptance& acceptance) {
  const auto desired = ResolveDesired(input.policies, input.tenant, input.observed, input.now,
                                      input.catalog, input.memory);
  if (!desired) return desired.error();
  return Accepter(input, plan, acceptance, *desired).Run();
}

Result<void> ProveAccepted(const Plan& before, const Plan& after, const UserId& user,
                           const std::vector<SkuId>& products) {
  auto left = DriftOf(before);
  std::erase_if(left, [&](const DriftKey& key) {
    return std::get<UserId>(key) == user && std::get<Drift::Kind>(key) != Drift::Kind::kRedundant &&
           std::ranges::find(products, std::get<SkuId>(key)) != products.end();
  });
  for (const auto& drift : after.drift) {
    if (left.erase({drift.user, drift.product, drift.kind}) > 0) continue;
    if (drift.kind == Drift::Kind::kRedundant && drift.user == user) continue;
    return Conflict(fmt::format("with it, {} of {} would be drift: {}",
                                after.ProductName(drift.product), drift.user_principal_name,
                                drift.cause));
  }
  if (!left.empty()) return Conflict("with it, other drift would be gone, too");
  if (ChangesOfOthers(before, user) != ChangesOfOthers(after, user)) {
    return Conflict("with it, other users or groups would be changed");
  }
  for (const auto& change : after.changes) {
    if (change.group || change.user != user) continue;
    for (const auto& product : products) {
      const bool gives =
          std::ranges::find(change.add, product, &AddLicense::product) != change.add.end();
      const bool takes = std::ranges::find(change.remove, product) != change.remove.end();
      if (gives || takes) {
        return Conflict(fmt::format("with it, {} would still be changed for the user",
                                    after.ProductName(product)));
      }
    }
  }
  return {};
}

std::string PatchAdding(const std::string& path, const std::string& text) {
  std::string lines;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size(); ++count) {
    const auto end = text.find('\n', begin) + 1;
    lines += "+" + text.substr(begin, end - begin);
    begin = end;
  }
  return fmt::format("--- /dev/null\n+++ b/{}\n@@ -0,0 +1,{} @@\n{}", path, count, lines);
}

}  // namespace seatkeeper
