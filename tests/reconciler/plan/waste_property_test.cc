#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "tests/reconciler/plan/waste_case.h"

namespace seatkeeper {
namespace {

using test::Bought;
using test::BoughtByUser;
using test::BriefSeats;
using test::Of;
using test::Terms;
using test::Trial;
using test::WasteCase;
using test::WasteOf;
using test::WasteUser;

constexpr int kDays = 90;
constexpr unsigned kCases = 1500;

class Made {
 public:
  explicit Made(std::uint32_t seed) : random_(seed) {
    MakeProducts();
    for (int i = Below(12); i > 0; --i) MakeUser(fmt::format("u{}", i));
  }

  WasteCase made;

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool OneIn(int count) { return Below(count) == 0; }
  template <typename List>
  void Shuffle(List& list) {
    std::shuffle(list.begin(), list.end(), random_);
  }

 private:
  std::vector<std::string> SomePlans() {
    std::vector<std::string> plans;
    for (const auto* plan : {"A", "B", "C", "D"}) {
      if (OneIn(2)) plans.emplace_back(plan);
    }
    return plans;
  }

  void MakeProducts() {
    const bool subscriptions = OneIn(2);
    if (subscriptions) made.subscriptions.emplace();
    for (int i = 1 + Below(4); i > 0; --i) {
      const auto name = i == 1 && OneIn(4) ? std::string("FLOW_FREE") : fmt::format("P{}", i);
      made.products.push_back({.name = name,
                               .seats = Below(15),
                               .plans = SomePlans(),
                               .applies_to = OneIn(10) ? "Company" : "User",
                               .consumed_elsewhere = OneIn(3) ? Below(4) : 0});
      if (OneIn(2)) MakeTerms(name);
      if (!subscriptions) continue;
      if (OneIn(2)) made.subscriptions->push_back(Bought(name + "a", name, Below(9)));
      if (OneIn(2)) {
        made.subscriptions->push_back(Bought(name + "b", name, Below(9), "2027-01-01T00:00:00Z"));
      }
      if (OneIn(4)) made.subscriptions->push_back(Trial(name, Below(9)));
      if (OneIn(4)) made.subscriptions->push_back(BoughtByUser(name, Below(9)));
    }
  }

  void MakeTerms(const std::string& name) {
    auto terms = Terms(name, OneIn(3) ? std::nullopt : std::optional(Below(3) * 100),
                       OneIn(2) ? "USD" : "EUR");
    terms.reserve = Below(4);
    if (OneIn(2)) terms.spare = {.min = Below(3), .max = 3 + Below(4)};
    terms.short_by = OneIn(3) ? Below(5) : 0;
    made.planned.push_back(terms);
  }

  std::optional<int> SomeDays() {
    return OneIn(3) ? std::nullopt : std::optional(Below(2 * kDays));
  }

  void MakeUser(const std::string& name) {
    WasteUser user{.name = name};
    user.enabled = !OneIn(6);
    user.guest = OneIn(6);
    user.signed_in = SomeDays();
    user.attempted = SomeDays();
    user.created = SomeDays();
    user.agent = OneIn(10);
    for (const auto& product : made.products) {
      if (OneIn(2)) continue;
      const auto state = OneIn(8) ? AssignmentState::kError : AssignmentState::kActive;
      user.licenses.push_back({.product = product.name, .off = SomePlans(), .state = state});
      if (OneIn(4)) {
        user.licenses.push_back(
            {.product = product.name, .source = AssignmentSource::kGroup, .group = "g"});
      }
    }
    made.users.push_back(std::move(user));
  }

  std::mt19937 random_;
};

template <typename Check>
void ForManyCases(Check&& check) {
  for (std::uint32_t seed = 0; seed < kCases; ++seed) {
    Made made(seed);
    check(made);
    if (testing::Test::HasFailure()) {
      FAIL() << "seed " << seed;
    }
  }
}

std::string Figures(const WasteReport& report) {
  std::string text;
  for (const auto& product : report.products) {
    text += fmt::format("{} {} {} {} {} {} {}", product.name, ToString(product.billing),
                        fmt::join(product.wasted, ","), product.returnable,
                        product.activity_unknown, product.redundant_direct, product.billed());
    for (const auto& renewal : product.renewals) {
      text += fmt::format(" {}:{}", renewal.subscription, renewal.returnable);
    }
    text += "\n";
  }
  for (const auto& cost : report.costs) {
    text += fmt::format("{} {} {}\n", cost.currency, cost.returnable.ToString(),
                        cost.wasted_in_all.ToString());
  }
  return text;
}

TEST(WasteProperty, ReasonsPartAssignedSeatsAndNothingExceedsWhatIsBought) {
  ForManyCases([](Made& of) {
    const auto report = WasteOf(of.made, kDays);
    for (const auto& product : report.products) {
      EXPECT_LE(Sum(product.wasted) + product.activity_unknown, product.seen);
      EXPECT_LE(product.seen, product.assigned);
      EXPECT_LE(Sum(product.wasted_and_billed()) + product.returnable,
                std::max(0, product.billed()));
      EXPECT_LE(product.returnable + product.kept(), std::max(product.kept(), product.unused()));
      int returnable = 0;
      for (const auto& renewal : product.renewals) {
        EXPECT_LE(renewal.returnable, renewal.seats);
        returnable += renewal.returnable;
      }
      EXPECT_LE(returnable, product.returnable);
    }
  });
}

TEST(WasteProperty, EachWastedSeatIsNamedOnce) {
  ForManyCases([](Made& of) {
    const auto observed = of.made.Read();
    const auto report = FindWaste({.observed = observed,
                                   .planned = of.made.planned,
                                   .now = test::kWasteNow,
                                   .inactive_after = std::chrono::days(kDays),
                                   .with_seats = true});
    std::set<std::pair<Row, ProductIndex>> named;
    std::map<std::pair<std::string, WasteReason>, int> counted;
    for (const auto& seat : report.seats) {
      EXPECT_TRUE(named.emplace(seat.row, seat.product).second);
      ++counted[{observed.products[seat.product].name(), seat.reason}];
    }
    for (const auto& product : report.products) {
      for (const auto reason : kWasteReasons) {
        const auto found = counted.find({product.name, reason});
        EXPECT_EQ(product.wasted[static_cast<std::size_t>(reason)],
                  found == counted.end() ? 0 : found->second);
      }
    }
  });
}

TEST(WasteProperty, WhoIsInactiveComesBesideWhatIsWastedAnyway) {
  ForManyCases([](Made& of) {
    const auto report = WasteOf(of.made, kDays);
    const auto without = WasteOf(of.made);
    for (const auto& product : report.products) {
      const int inactive = product.wasted[static_cast<std::size_t>(WasteReason::kInactive)];
      EXPECT_LE(product.inactive_and_more, inactive);
      EXPECT_EQ(Sum(product.wasted) - inactive + product.inactive_and_more,
                Sum(test::Of(without, product.name).wasted));
    }
  });
}

TEST(WasteProperty, OrderDoesNotMatter) {
  ForManyCases([](Made& of) {
    const auto before = Figures(WasteOf(of.made, kDays));
    const auto seats = BriefSeats(of.made, kDays);
    auto& made = of.made;
    of.Shuffle(made.users);
    of.Shuffle(made.products);
    of.Shuffle(made.planned);
    for (auto& user : made.users) of.Shuffle(user.licenses);
    if (made.subscriptions) of.Shuffle(*made.subscriptions);
    EXPECT_EQ(Figures(WasteOf(made, kDays)), before);
    EXPECT_EQ(BriefSeats(made, kDays), seats);
  });
}

bool MayBeInactive(const WasteUser& user) {
  if (user.agent) return false;
  if (user.signed_in) return *user.signed_in > kDays;
  return !user.attempted && user.created && *user.created > kDays;
}

TEST(WasteProperty, OnlyWhoIsKnownToBeInactiveIs) {
  ForManyCases([](Made& of) {
    const auto seats = BriefSeats(of.made, kDays);
    for (const auto& user : of.made.users) {
      for (const auto& product : of.made.products) {
        const auto line = fmt::format("{} {} inactive", user.name, product.name);
        if (seats.find(line) == std::string::npos) continue;
        EXPECT_TRUE(MayBeInactive(user)) << line;
        EXPECT_TRUE(user.enabled) << line;
      }
    }
  });
}

using PlanIds = std::set<PlanId>;

// What the user's seats switch on, of paid products but `without`.
PlanIds PlansOf(const ObservedState& observed, const WasteReport& report, Row row,
                const std::set<ProductIndex>& without) {
  PlanIds on;
  for (const auto& each : observed.users.assignments(row)) {
    const auto& product = observed.products[each.product];
    const bool paid = Of(report, product.name()).billing == Billing::kPaid;
    if (!each.holds_seat() || !paid || without.contains(each.product)) continue;
    const auto& off = observed.plan_sets[each.disabled_plans];
    for (const auto& plan : product.plans) {
      if (!std::binary_search(off.begin(), off.end(), plan.id)) on.insert(plan.id);
    }
  }
  return on;
}

TEST(WasteProperty, WithoutItsOverlapsAUserKeepsEveryServicePlan) {
  ForManyCases([](Made& of) {
    const auto observed = of.made.Read();
    const auto report = FindWaste({.observed = observed,
                                   .planned = of.made.planned,
                                   .now = test::kWasteNow,
                                   .with_seats = true});
    std::map<Row, std::set<ProductIndex>> overlaps;
    for (const auto& seat : report.seats) {
      if (seat.reason == WasteReason::kOverlap) overlaps[seat.row].insert(seat.product);
    }
    for (const auto& [row, gone] : overlaps) {
      EXPECT_EQ(PlansOf(observed, report, row, gone), PlansOf(observed, report, row, {}));
    }
  });
}

}  // namespace
}  // namespace seatkeeper
