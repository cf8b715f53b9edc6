#include "reconciler/plan/agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reconciler/model/account_type.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {
namespace {

bool HoldsNamed(const ObservedState& observed, Row row,
                const std::vector<DesiredProduct>& products) {
  const auto held = observed.users.assignments(row);
  return std::any_of(held.begin(), held.end(), [&](const AssignmentRow& assignment) {
    return std::any_of(products.begin(), products.end(), [&](const DesiredProduct& product) {
      return product.index == assignment.product;
    });
  });
}

std::string Describe(const std::string& type, std::size_t count) {
  const bool one = count == 1;
  if (type == kAgentType) {
    return fmt::format("{} agent account{} left alone: policies are for people", count,
                       one ? " is" : "s are");
  }
  return fmt::format("{} account{} of the type \"{}\" {} left alone: not known to be {}", count,
                     one ? "" : "s", type, one ? "is" : "are", one ? "a person's" : "people's");
}

}  // namespace

void KeepPeople(const UserTable& users, RowSet& rows) {
  for (const auto& [row, type] : users.not_people()) rows.Erase(row);
}

std::string DescribeAccount(std::string_view type) {
  return IsAgentType(type)
             ? "an agent account"
             : fmt::format("an account of the type \"{}\", not known to be a person's", type);
}

void WarnOfAgents(const ObservedState& observed, const std::vector<DesiredProduct>& products,
                  const RowSet& selected, std::vector<std::string>& warnings) {
  std::map<std::string, std::size_t> count;
  for (const auto& [row, type] : observed.users.not_people()) {
    if (!selected.Contains(row) && !HoldsNamed(observed, row, products)) continue;
    ++count[IsAgentType(type) ? std::string(kAgentType) : type];
  }
  for (const auto& [type, accounts] : count) warnings.push_back(Describe(type, accounts));
}

}  // namespace seatkeeper
