#include <gmock/gmock.h>

#include "reconciler/plan/held_set.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::chrono::hours kDay{24};

HeldItem Item(int user, const SkuId& product) {
  return {.subject = User(user),
          .product = product,
          .before = std::vector<PlanId>{ServicePlanNumber(3)},
          .guardrail = "maxUnassign",
          .about = product,
          .approvable = true};
}

// Called "sha256:<name>".
HeldSet SetOf(const std::string& name, std::vector<HeldItem> items) {
  HeldSet set{.digest = "sha256:" + name, .items = std::move(items)};
  for (const auto& item : set.items) {
    const auto* user = std::get_if<UserId>(&item.subject);
    set.names.push_back(user == nullptr ? "Group" : "User " + user->ToString());
  }
  set.reasons = {{.guardrail = "maxUnassign",
                  .about = Sku(2),
                  .approvable = true,
                  .limit = "25",
                  .release = "raise it"}};
  return set;
}

class SqliteApprovals : public StoreTest {
 protected:
  void See(const std::vector<HeldSet>& sets, WallTime at) {
    const auto done = store_->RecordHeldSets(kContoso, sets, at);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  std::vector<std::string> Digests(const std::string& prefix = "") {
    const auto sets = store_->HeldSets(kContoso, prefix);
    EXPECT_TRUE(sets.ok());
    std::vector<std::string> digests;
    if (sets.ok()) {
      for (const auto& stored : *sets) digests.push_back(stored.set.digest);
    }
    return digests;
  }

  std::vector<std::string> Open() {
    const auto sets = store_->OpenHeldSets(kContoso);
    EXPECT_TRUE(sets.ok());
    std::vector<std::string> digests;
    if (sets.ok()) {
      for (const auto& stored : *sets) digests.push_back(stored.set.digest);
    }
    return digests;
  }

  std::int64_t Approve(const std::string& digest, WallTime at = At(1)) {
    const auto number = store_->RecordApproval(kContoso, {.number = 0,
                                                          .digest = digest,
                                                          .who = "ada@laptop",
                                                          .reason = "leavers",
                                                          .approved_at = at,
                                                          .expires_at = at + kDay});
    EXPECT_TRUE(number.ok());
    return number.ok() ? *number : 0;
  }

  // An intent of user <number> that loses Sku(2) under the approval.
  static JournalEntry Approved(int number, const std::string& guardrail = "maxUnassign") {
    auto entry = Intent(number);
    entry.seats = {{Sku(1), 1}};
    entry.approved = {{.approval = "command 1",
                       .digest = "sha256:a",
                       .who = "ada@laptop",
                       .reason = "leavers",
                       .guardrail = guardrail,
                       .about = Sku(2),
                       .product = Sku(2)}};
    return entry;
  }
};

TEST_F(SqliteApprovals, AHeldSetComesBackAsItWas) {
  auto group = Item(1, Sku(2));
  group.subject = GroupNumber(7);
  group.affected = "sha256:members";
  group.before.reset();
  group.action = HeldItem::Action::kAdd;
  group.disabled_plans = {ServicePlanNumber(1)};
  group.about.reset();
  group.approvable = false;
  const auto set = SetOf("a", {Item(1, Sku(2)), group});
  See({set}, At(5));
  const auto stored = store_->HeldSets(kContoso, "sha256:a");
  ASSERT_TRUE(stored.ok());
  ASSERT_EQ(stored->size(), 1U);
  const auto& read = stored->front().set;
  ASSERT_EQ(read.items.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(read.items[i].Text(), set.items[i].Text());
  EXPECT_EQ(read.names, set.names);
  EXPECT_EQ(read.reasons, set.reasons);
  EXPECT_EQ(stored->front().first_seen, At(5));
}

TEST_F(SqliteApprovals, ASetIsKeptOnceAndIsOpenWhileItIsSeen) {
  See({SetOf("a", {Item(1, Sku(2))}), SetOf("b", {Item(2, Sku(2))})}, At(1));
  See({SetOf("b", {Item(2, Sku(2))})}, At(9));
  EXPECT_THAT(Digests(), ElementsAre("sha256:b", "sha256:a"));
  EXPECT_THAT(Open(), ElementsAre("sha256:b"));
  EXPECT_EQ(store_->HeldSets(kContoso, "sha256:b")->front().first_seen, At(1));
  EXPECT_EQ(store_->HeldSets(kContoso, "sha256:b")->front().last_seen, At(9));
  See({}, At(10));
  EXPECT_THAT(Open(), IsEmpty());
  EXPECT_THAT(Digests("sha256:a"), ElementsAre("sha256:a"));
  EXPECT_TRUE(store_->HeldSets(kFabrikam, "")->empty());
}

TEST_F(SqliteApprovals, WhatNobodyApprovedIsForgottenAfterNinetyDays) {
  See({SetOf("a", {Item(1, Sku(2))}), SetOf("b", {Item(2, Sku(2))})}, At(1));
  Approve("sha256:a");
  See({}, At(1) + 90 * kDay);
  EXPECT_THAT(Digests(), ElementsAre("sha256:a", "sha256:b"));
  See({}, At(2) + 90 * kDay);
  EXPECT_THAT(Digests(), ElementsAre("sha256:a"));
}

TEST_F(SqliteApprovals, ApprovalsAreNumberedAndStayWritten) {
  EXPECT_EQ(Approve("sha256:a", At(3)), 1);
  EXPECT_EQ(Approve("sha256:a", At(4)), 2);
  store_ = StoreTest::Open();
  const auto approvals = store_->Approvals(kContoso);
  ASSERT_TRUE(approvals.ok());
  ASSERT_EQ(approvals->size(), 2U);
  EXPECT_EQ(approvals->front().who, "ada@laptop");
  EXPECT_EQ(approvals->front().reason, "leavers");
  EXPECT_EQ(approvals->front().approved_at, At(3));
  EXPECT_EQ(approvals->front().expires_at, At(3) + kDay);
  EXPECT_TRUE(store_->Approvals(kFabrikam)->empty());
}

TEST_F(SqliteApprovals, WhatDidNotHappenLeavesItsItemUnspent) {
  Record({Approved(1), Approved(2), Approved(3), Approved(4), Intent(5)});
  Move("p1/c1", ChangeState::kAccepted, At(20));
  Move("p1/c2", ChangeState::kWithdrawn, At(20));
  Move("p1/c3", ChangeState::kRefused, At(20));
  Move("p1/c4", ChangeState::kAmbiguous, At(20));
  const auto users = [&] {
    std::vector<Subject> subjects;
    const auto spent = store_->SpentItems(kContoso);
    for (const auto& item : *spent) subjects.push_back(item.subject);
    return subjects;
  };
  EXPECT_THAT(users(), ElementsAre(Subject(User(1)), Subject(User(4))));
  Move("p1/c4", ChangeState::kReverted, At(30));
  EXPECT_THAT(users(), ElementsAre(Subject(User(1))));
  const auto spent = store_->SpentItems(kContoso);
  EXPECT_EQ(spent->front().approval, "command 1");
  EXPECT_EQ(spent->front().product, Sku(2));
  EXPECT_EQ(spent->front().at, At(1));
  EXPECT_EQ(All().back().approved, Approved(1).approved);
}

TEST_F(SqliteApprovals, WindowsLeaveOutWhatAnApprovalReleasedFromThem) {
  Record({Approved(1), Intent(2), Approved(3, "mailboxLoss")});
  const auto removals = store_->RemovalsSince(kContoso, At(0), Counted::kUnapproved);
  EXPECT_THAT(*removals, ElementsAre(Pair(Sku(2), 2))) << "a mailbox was approved, no amount";
  EXPECT_THAT(*store_->RemovalsSince(kContoso, At(0), Counted::kAll), ElementsAre(Pair(Sku(2), 3)));
  auto given = Intent(4);
  given.seats = {{Sku(1), 1}};
  given.approved = {{.approval = "command 1",
                     .digest = "sha256:a",
                     .who = "ada",
                     .reason = "why",
                     .guardrail = "maxAssign",
                     .about = Sku(1),
                     .product = Sku(1)}};
  Record({given});
  EXPECT_THAT(*store_->AssignmentsSince(kContoso, At(4), Counted::kUnapproved), IsEmpty());
  EXPECT_THAT(*store_->AssignmentsSince(kContoso, At(4), Counted::kAll),
              ElementsAre(Pair(Sku(1), 1)));
}

}  // namespace
}  // namespace seatkeeper::test
