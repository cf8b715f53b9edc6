#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/document.h"
#include "tests/reconciler/plan/reference_subjects.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

using Names = std::set<std::string>;

/// What the documents say of one user and one product.
struct Word {
  enum class Kind { kNothing, kGranted, kRevoked, kTied };
  Kind kind = Kind::kNothing;
  int priority = 0;
  bool frozen = false;       // Whoever grants or shapes it has a doubtful exception.
  std::optional<Names> off;  // Service plans that a list says are off.
  bool enabled_list = false;
  bool conflict = false;  // Two lists of one priority differ.
};

/// Where a user without a usage location is said to be.
struct Place {
  std::string code;     // Empty: nowhere, or here and there.
  bool frozen = false;  // Whoever says so has a doubtful exception.
};

/// The documents as the reference planner asks them.
class ReferenceDocuments {
 public:
  ReferenceDocuments(const TestTenant& tenant, const PolicySet& policies)
      : tenant_(tenant), policies_(policies) {
    for (const auto& policy : policies_.license_policies) {
      for (const auto& grant : policy.licenses) named_.insert(grant.product.value);
    }
    for (const auto& policy : policies_.product_policies) {
      named_.insert(policy.product.value);
      managed_[policy.product.value] = &policy;
    }
    for (const auto& ladder : policies_.product_ladders) {
      fallback_ = ladder.fallback;
      for (const auto& product : ladder.products) rungs_.push_back(product.value);
    }
    named_.insert(rungs_.begin(), rungs_.end());
    FindDoubts();
  }

  const Names& named() const { return named_; }
  const std::vector<std::string>& rungs() const { return rungs_; }
  bool fallback() const { return fallback_; }
  bool IsDoubtful(const std::string& product) const { return doubtful_.contains(product); }

  const ProductPolicy* Managed(const std::string& product) const {
    const auto policy = managed_.find(product);
    return policy == managed_.end() ? nullptr : policy->second;
  }
  bool OnLadder(const std::string& product) const {
    return std::find(rungs_.begin(), rungs_.end(), product) != rungs_.end();
  }

  bool LetsGo(const std::string& product) const {
    const auto* policy = Managed(product);
    return policy != nullptr && policy->management == Management::kFull;
  }

  Word WordOn(const TestUser& user, const std::string& product) const {
    Word word;
    std::optional<int> highest;
    std::optional<int> shaped;
    for (const auto& policy : policies_.license_policies) {
      const bool speaks = Grants(policy, product) != nullptr || Revokes(policy, product);
      if (!speaks || !SelectsUser(policy.subjects, user, tenant_)) continue;
      highest = std::max(policy.priority, highest.value_or(policy.priority));
      const auto* grant = Grants(policy, product);
      if (grant != nullptr && grant->plans.kind != PlanSelection::Kind::kUnmanaged) {
        shaped = std::max(policy.priority, shaped.value_or(policy.priority));
      }
    }
    for (const auto& policy : policies_.license_policies) {
      if (!SelectsUser(policy.subjects, user, tenant_)) continue;
      if (highest == policy.priority && Grants(policy, product) != nullptr) {
        word.kind = word.kind == Word::Kind::kRevoked || word.kind == Word::Kind::kTied
                        ? Word::Kind::kTied
                        : Word::Kind::kGranted;
      }
      if (highest == policy.priority && Revokes(policy, product)) {
        word.kind = word.kind == Word::Kind::kGranted || word.kind == Word::Kind::kTied
                        ? Word::Kind::kTied
                        : Word::Kind::kRevoked;
      }
      const auto* grant = Grants(policy, product);
      if (grant != nullptr && shaped == policy.priority) AddList(grant->plans, word);
    }
    AddFirstGrant(user, product, shaped, word);
    return word;
  }

  // The word of the highest policy that has one, of those that grant the user something.
  Place PlaceOf(const TestUser& user) const {
    Place place;
    std::optional<int> highest;
    for (const auto& policy : policies_.license_policies) {
      if (CodeFor(policy, user).empty() || !GrantsAny(policy, user)) continue;
      highest = std::max(policy.priority, highest.value_or(policy.priority));
    }
    for (const auto& policy : policies_.license_policies) {
      const auto code = CodeFor(policy, user);
      if (code.empty() || highest != policy.priority || !GrantsAny(policy, user)) continue;
      if (!place.code.empty() && place.code != code) return {};
      const bool doubtful = HasDoubtfulException(policy.subjects, tenant_);
      place.frozen = doubtful && (place.code.empty() || place.frozen);
      place.code = code;
    }
    return place;
  }

 private:
  static std::string CodeFor(const LicensePolicy& policy, const TestUser& user) {
    if (!policy.usage_location) return "";
    const bool asked = !policy.usage_location->from.empty();
    if (asked && user.country == "no") return "NO";
    return asked && user.country == "DE" ? "DE" : policy.usage_location->fallback;
  }
  bool GrantsAny(const LicensePolicy& policy, const TestUser& user) const {
    return SelectsUser(policy.subjects, user, tenant_) &&
           std::any_of(policy.licenses.begin(), policy.licenses.end(), [&](const Grant& grant) {
             return WordOn(user, grant.product.value).kind == Word::Kind::kGranted;
           });
  }

  // Nobody loses a product of which a policy speaks whose users are not all known; nor any other
  // rung of its ladder.
  void FindDoubts() {
    for (const auto& policy : policies_.license_policies) {
      if (!HasDoubt(policy.subjects, tenant_)) continue;
      for (const auto& product : named_) {
        if (Grants(policy, product) || Revokes(policy, product)) doubtful_.insert(product);
      }
    }
    const bool ladder = std::any_of(rungs_.begin(), rungs_.end(),
                                    [&](const auto& rung) { return doubtful_.contains(rung); });
    if (ladder) doubtful_.insert(rungs_.begin(), rungs_.end());
  }

  static const Grant* Grants(const LicensePolicy& policy, const std::string& product) {
    for (const auto& grant : policy.licenses) {
      if (grant.product.value == product) return &grant;
    }
    return nullptr;
  }
  static bool Revokes(const LicensePolicy& policy, const std::string& product) {
    if (!policy.revoke) return false;
    return policy.revoke->all ||
           std::any_of(policy.revoke->products.begin(), policy.revoke->products.end(),
                       [&](const auto& written) { return written.value == product; });
  }

  void AddList(const PlanSelection& plans, Word& word) const {
    if (plans.kind == PlanSelection::Kind::kUnmanaged) return;
    Names listed;
    for (const auto& plan : plans.plans) listed.insert(plan.value);
    if (plans.kind == PlanSelection::Kind::kEnabled) {
      Names rest(tenant_.products[0].plans.begin(), tenant_.products[0].plans.end());
      for (const auto& plan : listed) rest.erase(plan);
      listed = rest;
    }
    if (word.off && *word.off != listed) word.conflict = true;
    if (!word.off) word.off = listed;
  }

  // The grant that is named as the origin: the first by name among the highest.
  void AddFirstGrant(const TestUser& user, const std::string& product, std::optional<int> shaped,
                     Word& word) const {
    const LicensePolicy* first = nullptr;
    const LicensePolicy* shaping = nullptr;
    for (const auto& policy : policies_.license_policies) {  // By name.
      const auto* grant = Grants(policy, product);
      if (grant == nullptr || !SelectsUser(policy.subjects, user, tenant_)) continue;
      if (first == nullptr || policy.priority > first->priority) first = &policy;
      const bool shapes = grant->plans.kind != PlanSelection::Kind::kUnmanaged;
      if (shapes && policy.priority == shaped && shaping == nullptr) shaping = &policy;
    }
    if (first == nullptr) return;
    word.priority = first->priority;
    word.frozen = HasDoubtfulException(first->subjects, tenant_) ||
                  (shaping != nullptr && HasDoubtfulException(shaping->subjects, tenant_));
  }

  const TestTenant& tenant_;
  const PolicySet& policies_;
  Names named_;
  Names doubtful_;
  std::map<std::string, const ProductPolicy*> managed_;
  std::vector<std::string> rungs_;  // Highest first; random cases have one ladder at most.
  bool fallback_ = false;
};

}  // namespace seatkeeper::test
