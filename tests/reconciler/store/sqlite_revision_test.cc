#include <gtest/gtest.h>

#include "reconciler/store/sqlite_db.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::day;
using std::chrono::hours;
using std::chrono::January;
using std::chrono::year;

using SqliteRevision = StoreTest;

SkuId Sku(char digit) {
  return *SkuId::Parse(std::string("00000000-0000-0000-0000-00000000000") + digit);
}

RevisionSummary Whole() {
  return {.revision = "sha256:abc",
          .documents = {{.kind = "LicensePolicy",
                         .name = "engineering",
                         .content = "sha256:def",
                         .at = "policies/a.yaml:3:17",
                         .products = {Sku('1'), Sku('2')},
                         .expires = year(2027) / January / day(31)},
                        {.kind = "ProductLadder",
                         .name = "suites \"quoted\"",
                         .content = "sha256:fed",
                         .at = "b.yaml:9:1",
                         .products = {}}},
          .names = {{"spe_e5", {.product = Sku('1'), .written = "SPE_E5", .at = "a.yaml:8:2"}}},
          .care = {{Sku('1'),
                    {.management = Management::kFull,
                     .after = hours(36),
                     .confirmations = 3,
                     .remove_redundant_direct = true,
                     .at = "a.yaml:20:1"}}},
          .limits = {.max_unassign = {.seats = 25, .percent = 2.5},
                     .max_assign = {{.seats = 5, .percent = {}}, {.seats = {}, .percent = 0.1}},
                     .max_changes = std::nullopt,
                     .mailbox_loss = MailboxLoss::kDeny,
                     .protected_subjects = {"group break glass", "user ceo@contoso.com"},
                     .windows = {{"0000001 60-120 Europe/Paris"}, {"a", "b"}},
                     .freezes = {{year(2026) / 12 / 20, year(2027) / 1 / 3}},
                     .at = {{"maxUnassign", "g.yaml:3:17"}}}};
}

TEST_F(SqliteRevision, WhatWasAcceptedIsKeptPerTenantAcrossRestarts) {
  EXPECT_EQ(store_->AcceptedRevision(kContoso).value(), std::nullopt);
  ASSERT_TRUE(store_->AcceptRevision(lease_, Whole(), At(10)));
  store_ = Open();
  EXPECT_EQ(store_->AcceptedRevision(kContoso).value(), Whole());
  EXPECT_EQ(store_->AcceptedRevision(kFabrikam).value(), std::nullopt);
}

TEST_F(SqliteRevision, ALaterRevisionTakesItsPlace) {
  ASSERT_TRUE(store_->AcceptRevision(lease_, Whole(), At(10)));
  const RevisionSummary later{.revision = "sha256:later",
                              .documents = {},
                              .names = {},
                              .care = {},
                              .limits = {.max_unassign = {},
                                         .max_assign = {},
                                         .max_changes = 7,
                                         .protected_subjects = {},
                                         .windows = {},
                                         .freezes = {}}};
  ASSERT_TRUE(store_->AcceptRevision(lease_, later, At(20)));
  EXPECT_EQ(store_->AcceptedRevision(kContoso).value(), later);
}

TEST_F(SqliteRevision, OnlyTheHolderOfTheLeaseAcceptsOne) {
  auto outdated = lease_;
  --outdated.fence;
  EXPECT_EQ(store_->AcceptRevision(outdated, Whole(), At(10)).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(store_->AcceptedRevision(kContoso).value(), std::nullopt);
}

TEST_F(SqliteRevision, WhatCannotBeReadIsAnError) {
  ASSERT_TRUE(store_->AcceptRevision(lease_, Whole(), At(10)));
  for (const char* facts : {"'nonsense'", "'{}'", "'[]'", "replace(facts, '-0000-', '-')"}) {
    {
      auto db = SqliteDb::Open(path());
      const auto damage = std::string("UPDATE accepted_revisions SET facts = ") + facts;
      ASSERT_TRUE((*db)->Exec(damage).ok());
    }
    const auto read = store_->AcceptedRevision(kContoso);
    ASSERT_FALSE(read.ok()) << facts;
    EXPECT_EQ(read.error().kind, ErrorKind::kStore);
    ASSERT_TRUE(store_->AcceptRevision(lease_, Whole(), At(10)));
  }
}

KeptPolicy Kept() {
  return {.source = "/etc/policies",
          .revision = "sha256:abc",
          .files = {{.path = "a.yaml", .text = "one: 1\n"}, {.path = "b/c.yaml", .text = ""}},
          .catalog = {.path = "products.csv", .text = "a,b\n"},
          .kept_at = At(5)};
}

TEST_F(SqliteRevision, PolicyIsKeptPerSourceAcrossRestarts) {
  EXPECT_FALSE(store_->KeptPolicyOf("/etc/policies").value());
  ASSERT_TRUE(store_->KeepPolicy(Kept()));
  store_ = Open();
  const auto kept = store_->KeptPolicyOf("/etc/policies").value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->revision, "sha256:abc");
  ASSERT_EQ(kept->files.size(), 2U);
  EXPECT_EQ(kept->files[0].path, "a.yaml");
  EXPECT_EQ(kept->files[0].text, "one: 1\n");
  EXPECT_EQ(kept->files[1].path, "b/c.yaml");
  EXPECT_EQ(kept->catalog.path, "products.csv");
  EXPECT_EQ(kept->catalog.text, "a,b\n");
  EXPECT_EQ(kept->kept_at, At(5));
  EXPECT_FALSE(store_->KeptPolicyOf("/etc/others").value());
}

TEST_F(SqliteRevision, NewerPolicyTakesThePlaceOfTheWholeOfTheOlder) {
  ASSERT_TRUE(store_->KeepPolicy(Kept()));
  auto newer = Kept();
  newer.files = {{.path = "c.yaml", .text = "two: 2\n"}};
  ASSERT_TRUE(store_->KeepPolicy(newer));
  const auto kept = store_->KeptPolicyOf("/etc/policies").value();
  ASSERT_EQ(kept->files.size(), 1U);
  EXPECT_EQ(kept->files[0].path, "c.yaml");
  newer.files.clear();
  ASSERT_TRUE(store_->KeepPolicy(newer));
  EXPECT_FALSE(store_->KeptPolicyOf("/etc/policies").value()) << "without files nothing is kept";
}

TEST_F(SqliteRevision, AnOlderStoreHasNeitherAndKeepsThemFromNowOn) {
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(kUndoRevisions + "PRAGMA user_version = 12").ok());
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_EQ(store_->AcceptedRevision(kContoso).value(), std::nullopt);
  ASSERT_TRUE(store_->AcceptRevision(lease_, Whole(), At(10)));
  EXPECT_EQ(store_->AcceptedRevision(kContoso).value(), Whole());
  ASSERT_TRUE(store_->KeepPolicy(Kept()));
  EXPECT_TRUE(store_->KeptPolicyOf("/etc/policies").value());
}

}  // namespace
}  // namespace seatkeeper::test
