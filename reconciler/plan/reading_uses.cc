#include "reconciler/plan/reading_uses.h"

#include <algorithm>

#include "policy/text.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// Who is taken off a rung is put on another.
void AddLadders(const DesiredState& desired, std::set<SkuId>& products) {
  for (const auto& ladder : desired.ladders) {
    const auto named = [&](DesiredIndex rung) {
      return products.contains(desired.products[rung].id);
    };
    if (std::none_of(ladder.rungs.begin(), ladder.rungs.end(), named)) continue;
    for (const auto rung : ladder.rungs) products.insert(desired.products[rung].id);
  }
}

// By selection: the products that its policy grants or revokes.
std::vector<Resting> ProductsOfPolicies(const DesiredState& desired) {
  std::vector<Resting> of_policy(desired.selections.size());
  for (const auto& product : desired.products) {
    for (const auto* statements : {&product.statements, &product.group_statements}) {
      for (const auto& one : *statements) of_policy[one.selection].products.insert(product.id);
    }
  }
  for (auto& resting : of_policy) AddLadders(desired, resting.products);
  return of_policy;
}

class UseFinder {
 public:
  ReadingUses uses;

  void AddPolicy(const LicensePolicy& policy, const Resting& resting) {
    AddUnion(policy.subjects.of, resting);
    AddUnion(policy.subjects.except, resting);
    AddRule(policy.subjects.where, resting);
    for (const auto& grant : policy.licenses) AddProduct(grant.product);
    if (!policy.revoke) return;
    for (const auto& product : policy.revoke->products) AddProduct(product);
  }

  void AddProduct(const Positioned<std::string>& product) {
    AddName(NamedKind::kProduct, product.value, {});
  }

  void AddGroups(const std::vector<Positioned<std::string>>& groups, const Resting& resting) {
    for (const auto& group : groups) {
      uses.lists[{UserList::kGroup, group.value}].Add(resting);
      AddName(NamedKind::kGroup, group.value, resting);
    }
  }

  void AddUsers(const std::vector<Positioned<std::string>>& users, const Resting& resting) {
    for (const auto& user : users) AddName(NamedKind::kUser, user.value, resting);
  }

 private:
  void AddUnion(const SubjectUnion& subjects, const Resting& resting) {
    AddRule(subjects.rule, resting);
    AddGroups(subjects.groups, resting);
    AddUsers(subjects.users, resting);
  }

  void AddName(NamedKind kind, const std::string& written, const Resting& resting) {
    if (!Guid::Parse(written)) uses.names[{kind, written}].Add(resting);
  }

  void AddRule(const std::optional<Rule>& rule, const Resting& resting) {
    if (!rule) return;
    const auto& node = rule->expression.node;
    if (const auto* member_of = std::get_if<rule::MemberOf>(&node)) {
      for (const auto& group : member_of->groups) {
        uses.lists[{UserList::kDirectMembers, group.ToString()}].Add(resting);
      }
    } else if (const auto* reports = std::get_if<rule::DirectReports>(&node)) {
      uses.lists[{UserList::kDirectReports, reports->manager.ToString()}].Add(resting);
    }
    rule::ForEachOperand(rule->expression,
                         [&](const rule::Operand& operand) { AddAttribute(operand, resting); });
  }

  // The object id never changes, and what is assigned follows from licences.
  void AddAttribute(const rule::Operand& operand, const Resting& resting) {
    std::string name;
    if (const auto* property = std::get_if<rule::Property>(&operand)) {
      if (*property == rule::Property::kObjectId || *property == rule::Property::kAssignedPlans) {
        return;
      }
      name = rule::Info(*property).rule_name;
    } else if (const auto* extension = std::get_if<rule::DirectoryExtension>(&operand)) {
      name = extension->name;
    } else {
      return;
    }
    auto& use = uses.attributes.try_emplace(AsciiLower(name)).first->second;
    use.operand = operand;
    use.resting.Add(resting);
  }
};

}  // namespace

void Resting::Add(const Resting& other) {
  whole_tenant = whole_tenant || other.whole_tenant;
  products.insert(other.products.begin(), other.products.end());
}

ReadingUses FindUses(const PolicySet& policies, std::string_view tenant,
                     const DesiredState& desired,
                     const std::vector<const Guardrails*>& guardrails) {
  UseFinder finder;
  const auto of_policy = ProductsOfPolicies(desired);
  for (std::size_t i = 0; i < of_policy.size(); ++i) {
    finder.AddPolicy(*desired.selections[i].policy, of_policy[i]);
  }
  for (const auto& policy : policies.product_policies) {
    if (AppliesTo(policy.tenants, tenant)) finder.AddProduct(policy.product);
  }
  for (const auto& ladder : desired.ladders) {
    for (const auto& product : ladder.document->products) finder.AddProduct(product);
  }
  const Resting everything{.whole_tenant = true, .products = {}};
  for (const auto* document : guardrails) {
    finder.AddGroups(document->protected_subjects.groups, everything);
    finder.AddUsers(document->protected_subjects.users, everything);
  }
  return std::move(finder.uses);
}

}  // namespace seatkeeper
