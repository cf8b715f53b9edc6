#include <gmock/gmock.h>

#include <filesystem>

#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Brief;
using test::FakeProvider;
using test::Grants;
using test::Limits;
using test::Manages;
using testing::HasSubstr;
using testing::IsEmpty;

// Three users lose E3, of which two may in a day.
class ApprovedCycles : public test::CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    provider_.world.users = {{.name = "ada", .licenses = {{"E3"}}},
                             {.name = "bob", .licenses = {{"E3"}}},
                             {.name = "cleo", .licenses = {{"E3"}}}};
    policy_.policies = test::Policies({Grants("p", "{users: [zoe@contoso.com]}", "[{product: E5}]"),
                                       Manages("E3", "full"), Limits("limits", "{seats: 2}")});
    provider_.world.users.push_back({.name = "zoe", .licenses = {{"E5"}}});
  }

  void Approve(const std::string& digest, hours lasts = hours(24)) {
    ASSERT_TRUE(store_->RecordApproval(key_, {.number = 0,
                                              .digest = digest,
                                              .who = "ada@laptop",
                                              .reason = "leavers",
                                              .approved_at = clock_.Now(),
                                              .expires_at = clock_.Now() + lasts}));
  }

  // What is held, as a cycle shows it.
  std::string Held(Mode mode = Mode::kEnforce) {
    const auto report = Run(mode);
    return report.plan->plan().held_digest;
  }

  void RelyOnStore() {
    ASSERT_TRUE(store_->TrustStore(key_, {.who = "eve", .reason = "", .at = clock_.Now()}));
  }

  void OpenStore(const std::string& file) {
    auto opened = OpenSqliteStore(folder_.File(file));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(opened).value();
    runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
  }

  static std::string Warnings(const CycleReport& report) {
    std::string all;
    for (const auto& warning : report.plan->plan().warnings) all += warning + "\n";
    return all;
  }

  void GiveBack() {
    for (const auto* name : {"ada", "bob", "cleo"}) {
      provider_.world.User(name).licenses = {{"E3"}};
    }
  }

  Approval Document(const std::string& digest, int day) const {
    Approval document{.name = "leavers", .reason = "by review"};
    document.at = {.file = "approvals.yaml", .line = 3, .column = 18};
    document.tenant.value = "contoso";
    document.digest.value = digest;
    const auto date = std::chrono::floor<std::chrono::days>(clock_.Now());
    document.expires = std::chrono::year_month_day(date + std::chrono::days(day));
    return document;
  }
};

TEST_F(ApprovedCycles, GoOnceAndAreNotCountedAgain) {
  const auto digest = Held();
  EXPECT_EQ(Holds("ada"), "E3");
  Approve(digest);
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.plan->plan().open_approvals, 1);
  EXPECT_EQ(Holds("ada") + Holds("bob") + Holds("cleo"), "");
  const auto history = store_->History({.tenant = key_});
  EXPECT_EQ(history->at(0).entry.approved.at(0).who, "ada@laptop");
  EXPECT_THAT(*store_->RemovalsSince(key_, clock_.Now() - hours(24), Counted::kUnapproved),
              IsEmpty());

  // The same three, held again for the same reason: the approval is spent.
  GiveBack();
  clock_.Advance(hours(1));
  EXPECT_EQ(Held(), digest);
  EXPECT_EQ(Holds("ada"), "E3");
  EXPECT_EQ(Run(Mode::kEnforce).plan->plan().open_approvals, 0);
  // It takes another one.
  Approve(digest);
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "");
}

TEST_F(ApprovedCycles, ObservingShowsWhatWouldGoAndSpendsNothing) {
  Approve(Held(Mode::kObserve));
  EXPECT_EQ(Run(Mode::kObserve).plan->plan().CountWith(Verdict::kGo), 3U);
  EXPECT_EQ(Run(Mode::kPlan).plan->plan().CountWith(Verdict::kGo), 3U);
  EXPECT_EQ(Holds("ada"), "E3");
}

TEST_F(ApprovedCycles, EndWithTheirLastDay) {
  Approve(Held(), hours(2));
  clock_.Advance(hours(2));
  EXPECT_EQ(Run(Mode::kEnforce).plan->plan().CountWith(Verdict::kHeld), 3U);
  EXPECT_EQ(Holds("ada"), "E3");
}

TEST_F(ApprovedCycles, WhatWasRefusedMayBeTriedAgain) {
  Approve(Held());
  provider_.fate = [](const WriteItem&) {
    return FakeProvider::Fate{.kind = WriteResult::Kind::kRefused, .happens = false};
  };
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "E3");
  provider_.fate = [](const WriteItem&) { return FakeProvider::Fate{}; };
  clock_.Advance(minutes(10));
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada") + Holds("bob") + Holds("cleo"), "");
}

TEST_F(ApprovedCycles, ACrashNeitherDoublesNorLosesThem) {
  const auto digest = Held();
  Approve(digest);
  {
    const auto cycle = Begin(Request(Mode::kEnforce));
    RunUntilSent(1);
  }
  clock_.Advance(hours(1));
  for (int cycle = 0; cycle < 5; ++cycle) {
    Run(Mode::kEnforce);
    clock_.Advance(minutes(31));
  }
  EXPECT_EQ(Holds("ada") + Holds("bob") + Holds("cleo"), "");
  GiveBack();
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "E3") << "spent";
}

TEST_F(ApprovedCycles, ByDocumentSayWhereTheyStand) {
  const auto digest = Held();
  policy_.policies.approvals = {Document(digest, 1)};
  const auto report = Run(Mode::kEnforce);
  const auto& by = report.plan->plan().changes.at(0).approved;
  ASSERT_FALSE(by.empty());
  EXPECT_EQ(by.at(0).who, "approvals.yaml:3:18");
  EXPECT_EQ(by.at(0).reason, "by review");
  EXPECT_EQ(Holds("ada"), "");
  GiveBack();
  clock_.Advance(hours(1));
  EXPECT_EQ(Run(Mode::kEnforce).plan->plan().CountWith(Verdict::kHeld), 3U) << "spent";
}

TEST_F(ApprovedCycles, DocumentsThatReleaseNothingAreWarnedOf) {
  const auto digest = Held();
  policy_.policies.approvals = {Document(digest, -1), Document("sha256:unknown", 1),
                                Document(digest, 1)};
  policy_.policies.approvals.back().tenant.value = "fabrikam";
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.plan->plan().CountWith(Verdict::kHeld), 3U);
  const auto& warnings = report.plan->plan().warnings;
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_THAT(warnings.at(0), HasSubstr("ended with"));
  EXPECT_THAT(warnings.at(1), HasSubstr("releases nothing"));
}

TEST_F(ApprovedCycles, LapseWhenSomebodyReliesOnTheStoreAnew) {
  const auto digest = Held();
  Approve(digest);
  clock_.Advance(minutes(1));
  RelyOnStore();
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "E3");
  EXPECT_EQ(report.plan->plan().open_approvals, 0);
  EXPECT_THAT(Warnings(report), HasSubstr("approval by ada@laptop of " + digest +
                                          " (leavers) releases nothing: it lapsed"));
  Approve(digest);
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada") + Holds("bob") + Holds("cleo"), "") << "approved anew";
}

TEST_F(ApprovedCycles, DoNotCountWhileTheStoreIsInDoubt) {
  policy_.policies =
      test::Policies({Grants("p", "{rule: user.accountEnabled -eq true}", "[{product: E5}]"),
                      test::Guards("few", "maxAssign: {seats: 1}"), Manages("E5", "assign-only")});
  Held();
  clock_.Advance(hours(1));
  auto often = Request(Mode::kObserve);
  often.interval = minutes(5);
  Approve(Run(often).plan->plan().held_digest);
  often.mode = Mode::kEnforce;
  const auto report = Run(often);
  EXPECT_EQ(Holds("ada"), "E3") << "not even what is given";
  EXPECT_THAT(Warnings(report), HasSubstr("the store is in doubt"));
}

// The backup knows the approval, and not that it was spent.
TEST_F(ApprovedCycles, OfARestoredStoreDoNotReleaseTwice) {
  const auto digest = Held();
  Approve(digest, hours(240));
  policy_.policies.approvals = {Document(digest, 9)};
  Run(Mode::kObserve);
  runner_.reset();
  store_.reset();
  std::filesystem::copy_file(folder_.File("seatkeeper.db"), folder_.File("backup.db"));
  OpenStore("seatkeeper.db");
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada") + Holds("bob") + Holds("cleo"), "");
  GiveBack();

  runner_.reset();
  store_.reset();
  OpenStore("backup.db");
  clock_.Advance(hours(24));
  auto often = Request(Mode::kEnforce);
  often.interval = minutes(5);
  EXPECT_EQ(Run(often).plan->plan().CountWith(Verdict::kHeld), 3U) << "the store is in doubt";
  RelyOnStore();
  for (int cycles = 0; cycles < 3; ++cycles) {
    const auto report = Run(often);
    EXPECT_EQ(report.plan->plan().held_digest, digest);
    EXPECT_THAT(Warnings(report), HasSubstr("approval by ada@laptop"));
    EXPECT_THAT(Warnings(report), HasSubstr("approval leavers (approvals.yaml:3:18)"));
    clock_.Advance(minutes(5));
  }
  EXPECT_EQ(Holds("ada") + Holds("bob") + Holds("cleo"), "E3E3E3");
  policy_.policies.approvals.at(0).name = "leavers-again";
  Run(often);
  EXPECT_EQ(Holds("ada"), "") << "approved anew";
}

TEST_F(ApprovedCycles, OfDocumentsThatNobodySawSinceTheStoreIsReliedOnLapse) {
  const auto digest = Held();
  clock_.Advance(minutes(1));
  RelyOnStore();
  clock_.Advance(minutes(1));
  policy_.policies.approvals = {Document(digest, 1)};
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "E3") << "it may be older than the doubt";
  policy_.policies.approvals.push_back(Document(digest, 1));
  policy_.policies.approvals.back().name = "new";
  clock_.Advance(minutes(1));
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "");
}

TEST_F(ApprovedCycles, APlanMayRecordWhatItHoldsWithoutALease) {
  auto request = Request(Mode::kPlan);
  const auto digest = Run(request).plan->plan().held_digest;
  EXPECT_TRUE(store_->HeldSets(key_, digest)->empty()) << "unless it is asked to";
  request.record_held = true;
  ASSERT_TRUE(store_->AcquireLease(key_, "somebody else", clock_.Now(), minutes(9)));
  Run(request);
  EXPECT_EQ(store_->HeldSets(key_, digest)->size(), 1U);
}

}  // namespace
}  // namespace seatkeeper
