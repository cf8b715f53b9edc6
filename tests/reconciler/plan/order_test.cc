#include "reconciler/plan/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

// Ordered; neighbours differ early, late, after many equal letters, in length alone, and in bytes
// above ASCII.
const std::vector<std::string> kNames = {"",
                                         "a",
                                         "ab",
                                         "ada.lovelace.1815",
                                         "ada.lovelace.1815@contoso.com",
                                         "ada.lovelace.1815@contoso.fr",
                                         "ada.lovelace.1852@contoso.com",
                                         "b",
                                         "zo@contoso.com",
                                         "zo\xC3\xAB@contoso.com"};

TEST(PlanOrder, ChangesStandByNameWhateverTheyShare) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    // Spread: in no order, and with ids that order otherwise.
    const auto at = (i * 7 + 3) % kNames.size();
    auto change = test::ChangeFor(100 - static_cast<int>(at));
    change.user_principal_name = kNames[at];
    changes.push_back(std::move(change));
  }
  SortChanges(changes);
  std::vector<std::string> names;
  for (const auto& change : changes) names.push_back(change.user_principal_name);
  EXPECT_EQ(names, kNames);
}

TEST(PlanOrder, WavesComeBeforeNamesAndWhatIsNotSentComesLast) {
  auto later = test::ChangeFor(1, 12);
  later.user_principal_name = "a";
  auto sooner = test::ChangeFor(2, 3);
  sooner.user_principal_name = "b";
  auto held = test::ChangeFor(3, 0);
  held.verdict = Verdict::kHeld;
  held.user_principal_name = "a";
  auto deferred = test::ChangeFor(4, 0);
  deferred.verdict = Verdict::kDeferred;
  deferred.user_principal_name = "z";
  std::vector<Change> changes = {held, deferred, later, sooner};
  SortChanges(changes);
  std::vector<UserId> users;
  for (const auto& change : changes) users.push_back(change.user);
  EXPECT_EQ(users, (std::vector{test::User(2), test::User(1), test::User(4), test::User(3)}));
}

TEST(PlanOrder, DriftOfOneUserStandsByProductAndKind) {
  const auto drift = [](int user, int product, Drift::Kind kind) {
    return Drift{.user = test::User(user),
                 .user_principal_name = "a.name.longer.than.sixteen@contoso.com",
                 .product = test::Sku(product),
                 .kind = kind};
  };
  const std::vector<Drift> ordered = {
      drift(1, 1, Drift::Kind::kMissing), drift(1, 1, Drift::Kind::kUnknown),
      drift(1, 2, Drift::Kind::kExtra), drift(2, 1, Drift::Kind::kPlans)};
  std::vector<Drift> sorted = {ordered[2], ordered[3], ordered[1], ordered[0]};
  SortDrift(sorted);
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    EXPECT_EQ(sorted[i].user, ordered[i].user) << i;
    EXPECT_EQ(sorted[i].product, ordered[i].product) << i;
    EXPECT_EQ(sorted[i].kind, ordered[i].kind) << i;
  }
}

}  // namespace
}  // namespace seatkeeper
