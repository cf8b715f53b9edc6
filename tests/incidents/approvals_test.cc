// Somebody looks at what is held and says that it is meant.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Of forty engineers six leave; two may go in a day.
class ApprovalIncident : public Incident {
 protected:
  void SetUp() override {
    Owns("SPE_E5", 60);
    engineers_ = Employ(40, "Engineering", {"SPE_E5"});
    PolicySays(policy_);
    Days(1);
    Disables(leavers_);
    Cycles(1);
    ASSERT_EQ(HeldBy("maxUnassign"), leavers_);
  }
  const std::string policy_ =
      kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo + Limits("{maxUserLoss: off}");
  static std::string Further(const std::string& spec) {
    return "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: further}\nspec: " + spec +
           "\n---\n";
  }
  const People leavers_{"eng-001", "eng-002", "eng-003", "eng-004", "eng-005", "eng-006"};
  People engineers_;
};

TEST_F(ApprovalIncident, SixLeaversAreMeant) {
  EXPECT_THAT(LastPlan().held_sets.at(0).digest, HasSubstr("sha256:"));
  Approves("maxUnassign");
  Cycles(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - leavers_);
  EXPECT_THAT(Guardrails(), IsEmpty());
  const auto history = world().History();
  EXPECT_EQ(history.at(0).entry.approved.at(0).who, "admin")
      << "and it is written down who said so";
}

TEST_F(ApprovalIncident, LeaversJoinAHeldSetAfterItsApproval) {
  Approves("maxUnassign");
  const People late{"eng-011", "eng-012", "eng-013"};
  Disables(late);
  Days(1);
  EXPECT_EQ(Losers(), leavers_) << "exactly those whom somebody has seen";
  EXPECT_EQ(HeldBy("maxUnassign"), late);
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - leavers_);

  Approves("maxUnassign");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - leavers_ - late) << "they have a digest of their own";
}

TEST_F(ApprovalIncident, WhatWasApprovedGoesOnce) {
  Approves("maxUnassign");
  Cycles(1);
  ASSERT_EQ(Losers(), leavers_);
  Assigns(leavers_, "SPE_E5");  // All of them come back, and leave again.
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("maxUnassign"), leavers_);
}

TEST_F(ApprovalIncident, SomebodyOfThemStays) {
  Approves("maxUnassign");
  Enables({"eng-003"});
  Days(1);
  EXPECT_EQ(Losers(), leavers_ - People{"eng-003"}) << "an approval wants nothing by itself";
}

TEST_F(ApprovalIncident, WhatOneGuardrailLetsGoAnotherHolds) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce +
             Limits("{maxUserLoss: off}"));  // Mailboxes are to be kept now.
  Cycles(1);
  ASSERT_EQ(HeldBy("mailboxLoss"), leavers_);
  Approves("mailboxLoss");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "six are still too many";
  Approves("maxUnassign");
  Days(1);
  EXPECT_EQ(Losers(), leavers_);
}

TEST_F(ApprovalIncident, OnlyAfterTheApprovalHasEnded) {
  PolicySays(policy_ + Further("{freezes: [{from: 2026-01-05, to: 2026-01-20, reason: audit}]}"));
  Approves("maxUnassign");
  Days(13);  // To the 19th: an approval thaws nothing.
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Deferred(), leavers_);
  Days(4);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "and it lasts for a week";
  EXPECT_EQ(HeldBy("maxUnassign"), leavers_);
}

TEST_F(ApprovalIncident, ByADocumentThatWasReviewed) {
  PolicySays(policy_ + "apiVersion: seatkeeper/v1\nkind: Approval\nmetadata: {name: november}\n" +
             "spec: {tenant: contoso, reason: leavers, expires: 2026-02-01, digest: \"" +
             DigestOf("maxUnassign") + "\"}\n");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - leavers_);
}

TEST_F(ApprovalIncident, ByADocumentWithTheDigestOfSomethingElse) {
  PolicySays(policy_ + "apiVersion: seatkeeper/v1\nkind: Approval\nmetadata: {name: november}\n" +
             "spec: {tenant: contoso, reason: leavers, expires: 2026-02-01, digest: \"sha256:" +
             std::string(64, 'a') + "\"}\n");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_THAT(Warnings(), HasSubstr("sha256:aaaa"));
}

TEST_F(ApprovalIncident, SomebodyOfThemIsProtected) {
  PolicySays(policy_ + Further("{protected: {users: [eng-003@contoso.example]}}"));
  Cycles(1);
  Approves("maxUnassign");
  Days(1);
  EXPECT_EQ(Losers(), leavers_ - People{"eng-003"}) << "no approval is above that";
}

TEST_F(ApprovalIncident, TheStoreIsRestoredToWhenTheApprovalWasUnspent) {
  Approves("maxUnassign");
  world().BackUpStore();
  Days(3);
  ASSERT_EQ(Losers(), leavers_);
  Assigns(leavers_, "SPE_E5");  // It turns out to have been wrong.
  world().RestoreStore();
  Days(1);
  Resume();
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "the store may not know what it released";
}

}  // namespace
}  // namespace seatkeeper::test
