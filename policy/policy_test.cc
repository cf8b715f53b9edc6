#include <map>
#include <set>

#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/product_list.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

std::vector<TestUser> ReadUsers(const yaml::Node& list, std::vector<Diagnostic>& diagnostics) {
  std::vector<TestUser> users;
  std::set<std::string> seen;
  for (const auto& item : list.items) {
    auto name = Fields(item).String("userPrincipalName");
    if (!name) continue;
    if (!seen.insert(FoldCase(name->value)).second) {
      diagnostics.push_back(ErrorAt(*name, "duplicate-user",
                                    "the user " + Quoted(name->value) + " is made up twice",
                                    "keep one of them"));
    }
    users.push_back({std::move(*name), item});
  }
  return users;
}

void CheckUser(const Positioned<std::string>& user, const std::vector<TestUser>& users,
               std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string_view> known;
  for (const auto& each : users) {
    if (FoldCase(each.name.value) == FoldCase(user.value)) return;
    known.push_back(each.name.value);
  }
  diagnostics.push_back(ErrorAt(user, "unknown-user",
                                Quoted(user.value) + " is none of the users of this test",
                                SuggestNearest(user.value, known)));
}

std::vector<Expectation> ReadExpectations(const yaml::Node& list,
                                          const std::vector<TestUser>& users,
                                          const ProductCatalog& catalog,
                                          std::vector<Diagnostic>& diagnostics) {
  std::vector<Expectation> expectations;
  std::map<std::string, int> lines;
  for (const auto& item : list.items) {
    const Fields fields(item);
    Expectation expectation;
    if (const yaml::Node* licenses = fields.Sequence("licenses")) {
      expectation.licenses = ReadProducts(*licenses, catalog, diagnostics);
    }
    expectation.by = fields.String("by");
    auto user = fields.String("user");
    if (!user) continue;
    CheckUser(*user, users, diagnostics);
    const auto [first, added] = lines.emplace(FoldCase(user->value), user->at.line);
    if (!added) {
      diagnostics.push_back(ErrorAt(*user, "duplicate-user",
                                    "what " + Quoted(user->value) +
                                        " holds is said twice, first in line " +
                                        std::to_string(first->second),
                                    "keep one of them"));
    }
    expectation.user = std::move(*user);
    expectations.push_back(std::move(expectation));
  }
  return expectations;
}

}  // namespace

PolicyTest ReadPolicyTest(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  const Fields spec(*envelope.spec);
  auto test = Begin<PolicyTest>(envelope);
  if (const yaml::Node* users = spec.Sequence("users")) {
    test.users = ReadUsers(*users, diagnostics);
  }
  if (const yaml::Node* expect = spec.Sequence("expect")) {
    test.expect = ReadExpectations(*expect, test.users, *envelope.catalog, diagnostics);
  }
  return test;
}

}  // namespace seatkeeper
