#include <map>
#include <set>
#include <span>

#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/product_check.h"
#include "policy/product_list.h"
#include "policy/test_user.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Texts = std::vector<Positioned<std::string>>;

// Reads what a test says, and that its parts know each other.
class TestReader {
 public:
  TestReader(const ProductCatalog& catalog, std::vector<Diagnostic>& diagnostics)
      : catalog_(catalog), diagnostics_(diagnostics) {}

  std::vector<TestUser> Users(const yaml::Node& list) {
    std::vector<TestUser> users;
    for (const auto& item : list.items) {
      auto name = Fields(item).String("userPrincipalName");
      if (!name) continue;
      CheckTestUser(item, diagnostics_);
      AddTo(users_, *name, "duplicate-user", "the user " + Quoted(name->value));
      users.push_back({std::move(*name), item});
    }
    return users;
  }

  std::vector<TestGroup> Groups(const yaml::Node& list) {
    std::vector<TestGroup> groups;
    for (const auto& item : list.items) {
      const Fields fields(item);
      auto name = fields.String("displayName");
      if (!name) continue;
      AddTo(groups_, *name, "duplicate-group", "the group " + Quoted(name->value));
      groups.push_back({.name = std::move(*name),
                        .id = fields.String("id"),
                        .members = fields.StringList("members").value_or(Texts())});
    }
    for (const auto& group : groups) CheckMembers(group);
    return groups;
  }

  std::vector<TestSeats> Seats(const yaml::Node& list) {
    std::vector<TestSeats> seats;
    ProductsOnce once("counted", catalog_);
    for (const auto& item : list.items) {
      auto product = Product(item);
      const auto purchased = Fields(item).Int("purchased");
      if (!product || !purchased) continue;
      once.Add(*product, diagnostics_);
      seats.push_back({std::move(*product), *purchased});
    }
    return seats;
  }

  std::vector<TestHolding> Holds(const yaml::Node& list) {
    std::vector<TestHolding> holdings;
    for (const auto& item : list.items) {
      const Fields fields(item);
      auto user = fields.String("user");
      auto product = Product(item);
      if (!user || !product) continue;
      CheckKnown(*user, users_, "unknown-user", "is none of the users of this test");
      TestHolding holding{.user = std::move(*user),
                          .product = std::move(*product),
                          .disabled_plans = Plans(item, "disabledPlans"),
                          .group = fields.String("group"),
                          .owned = fields.Bool("owned").value_or(false)};
      if (holding.group) CheckSource(holding);
      holdings.push_back(std::move(holding));
    }
    return holdings;
  }

  std::vector<Expectation> Expectations(const yaml::Node& list) {
    std::vector<Expectation> expectations;
    std::map<std::string, int> lines;
    for (const auto& item : list.items) {
      auto expectation = ReadExpectation(item);
      if (!expectation) continue;
      const auto& user = expectation->user;
      CheckKnown(user, users_, "unknown-user", "is none of the users of this test");
      const auto [first, added] = lines.emplace(FoldCase(user.value), user.at.line);
      if (!added) {
        diagnostics_.push_back(ErrorAt(user, "duplicate-user",
                                       "what " + Quoted(user.value) +
                                           " holds is said twice, first in line " +
                                           std::to_string(first->second),
                                       "keep one of them"));
      }
      expectations.push_back(std::move(*expectation));
    }
    return expectations;
  }

 private:
  // In lower case, and as written.
  using Names = std::map<std::string, std::string>;

  void AddTo(Names& names, const Positioned<std::string>& name, std::string code,
             const std::string& what) {
    if (names.emplace(FoldCase(name.value), name.value).second) return;
    diagnostics_.push_back(
        ErrorAt(name, std::move(code), what + " is made up twice", "keep one of them"));
  }

  void CheckKnown(const Positioned<std::string>& name, const Names& known, std::string code,
                  const std::string& complaint) {
    if (known.contains(FoldCase(name.value))) return;
    std::vector<std::string_view> names;
    for (const auto& each : known) names.push_back(each.second);
    diagnostics_.push_back(ErrorAt(name, std::move(code), Quoted(name.value) + " " + complaint,
                                   SuggestNearest(name.value, names)));
  }

  void CheckMembers(const TestGroup& group) {
    Names members = users_;
    members.insert(groups_.begin(), groups_.end());
    for (const auto& member : group.members) {
      CheckKnown(member, members, "unknown-member", "is no user or group of this test");
    }
  }

  void CheckSource(const TestHolding& holding) {
    CheckKnown(*holding.group, groups_, "unknown-group", "is none of the groups of this test");
    if (!holding.owned) return;
    diagnostics_.push_back(ErrorAt(*holding.group, "owned-through-group",
                                   "what comes from a group is not seatkeeper's own",
                                   "drop `group` or `owned`"));
  }

  std::optional<Positioned<std::string>> Product(const yaml::Node& item) {
    const auto* node = Fields(item).Scalar("product");
    if (node == nullptr) return std::nullopt;
    CheckProduct(*node, catalog_, diagnostics_);
    return Fields(item).String("product");
  }

  Texts Plans(const yaml::Node& item, std::string_view key) {
    const Fields fields(item);
    const auto product = fields.String("product");
    const auto* list = fields.Sequence(key);
    if (!product || list == nullptr) return {};
    CheckPlans(product->value, *list, catalog_, diagnostics_);
    return fields.StringList(key).value_or(Texts());
  }

  std::optional<Expectation> ReadExpectation(const yaml::Node& item) {
    const Fields fields(item);
    auto user = fields.String("user");
    if (!user) return std::nullopt;
    Expectation expectation;
    expectation.user = std::move(*user);
    if (const auto* licenses = fields.Sequence("licenses")) {
      expectation.licenses = ReadProducts(*licenses, catalog_, diagnostics_);
    }
    if (const auto* without = fields.Sequence("without")) {
      expectation.without = ReadProducts(*without, catalog_, diagnostics_);
    }
    if (const auto* plans = fields.Sequence("plans")) {
      for (const auto& each : plans->items) {
        if (auto product = Product(each)) {
          expectation.plans.push_back({std::move(*product), Plans(each, "off"), Plans(each, "on")});
        }
      }
    }
    expectation.by = fields.String("by");
    CheckBy(expectation);
    return expectation;
  }

  void CheckBy(const Expectation& expectation) {
    if (!expectation.by || !expectation.without.empty()) return;
    if (expectation.licenses && !expectation.licenses->empty()) return;
    diagnostics_.push_back(ErrorAt(*expectation.by, "decides-nothing",
                                   "`by` is about no product here",
                                   "name what the policy grants in `licenses`, or what it revokes "
                                   "in `without`"));
  }

  const ProductCatalog& catalog_;
  std::vector<Diagnostic>& diagnostics_;
  Names users_;
  Names groups_;
};

}  // namespace

PolicyTest ReadPolicyTest(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  const Fields spec(*envelope.spec);
  auto test = Begin<PolicyTest>(envelope);
  TestReader reader(*envelope.catalog, diagnostics);
  if (const auto* users = spec.Sequence("users")) test.users = reader.Users(*users);
  if (const auto* groups = spec.Sequence("groups")) test.groups = reader.Groups(*groups);
  if (const auto* seats = spec.Sequence("seats")) test.seats = reader.Seats(*seats);
  if (const auto* holds = spec.Sequence("holds")) test.holds = reader.Holds(*holds);
  test.day = spec.Date("at");
  test.waited = spec.Duration("waited");
  if (const auto* expect = spec.Sequence("expect")) test.expect = reader.Expectations(*expect);
  return test;
}

}  // namespace seatkeeper
