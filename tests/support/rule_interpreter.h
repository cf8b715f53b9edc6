#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "policy/rule/tree.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper::test {

struct PersonPlan {
  std::string service_plan_id;
  std::string service;
  std::string capability_status;
};

/// What a directory says of one property of one user. A property that is not there at all is
/// absent.
using PersonValue = std::variant<std::nullptr_t, bool, std::string, WallTime,
                                 std::vector<std::string>, std::vector<PersonPlan>>;

/// A user as a plain value.
struct Person {
  UserId id;
  std::map<rule::Property, PersonValue> properties = {};
  std::map<std::string, PersonValue> extensions = {};  ///< Names as rules write them.
};

using Links = std::map<Link, std::vector<UserId>>;

/// Writes one user into a builder as a provider would.
void ReadPerson(const Person& person, ObservedBuilder& sink);

/// Whether a rule selects a user: one user, one operator at a time, no shortcuts; slow and meant to
/// be obviously right. Shares nothing with the evaluator but the tree and what folding case means.
bool Selects(const rule::Expression& rule, const Person& person, const Links& links, WallTime now);

}  // namespace seatkeeper::test
