#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/rule/tree.h"
#include "reconciler/plan/accepted.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {

/// Whose removals rest on something that is read of the tenant.
struct Resting {
  bool whole_tenant = false;  ///< `protected` names it.
  std::set<SkuId> products;   ///< Of the policies that name it, with the rest of their ladders.

  void Add(const Resting& other);
};

/// An attribute of users that rules ask for.
struct AttributeUse {
  rule::Operand operand;  ///< A property or a directory extension.
  Resting resting;
};

/// Everything that the policies about a tenant name, and what rests on it.
struct ReadingUses {
  std::map<UserListKey, Resting> lists;
  /// Names that are no ids. On that of a product rests whatever it means.
  std::map<NameKey, Resting> names;
  std::map<std::string, AttributeUse> attributes;  ///< By name in rules, in lower case.
};

/// `desired` is what the policies come to; `guardrails` are those about the tenant.
ReadingUses FindUses(const PolicySet& policies, std::string_view tenant,
                     const DesiredState& desired, const std::vector<const Guardrails*>& guardrails);

}  // namespace seatkeeper
