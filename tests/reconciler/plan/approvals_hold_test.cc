// What approvals release and what they never do, whatever was approved.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "reconciler/plan/guardrail_table.h"
#include "tests/reconciler/plan/approval_case.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Case;
using test::Guards;
using test::IdOf;
using test::Leavers;
using test::Limits;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const SkuId kE3 = IdOf<SkuId>("E3");
const WallTime kNow = *ParseTime("2026-11-20T12:00:00Z");  // A Friday.

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The names by which the sources of the planner call guardrails.
std::set<std::string> NamesInSources() {
  std::string all;
  const auto folder = std::filesystem::path(SOURCE_DIR) / "reconciler/plan";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename() != "guardrail_table.h") all += ReadFile(entry.path());
  }
  std::map<std::string, std::string> constants;
  const std::regex constant(R"re((k\w+) = "([^"]*)")re");
  for (std::sregex_iterator found(all.begin(), all.end(), constant), end; found != end; ++found) {
    constants[(*found)[1]] = (*found)[2];
  }
  std::set<std::string> names;
  const std::regex held(R"re(guardrail = (?:std::string\()?(?:"([^"]+)"|(k\w+)))re");
  for (std::sregex_iterator found(all.begin(), all.end(), held), end; found != end; ++found) {
    names.insert((*found)[1].matched ? (*found)[1].str() : constants[(*found)[2]]);
  }
  return names;
}

TEST(GuardrailTable, SaysOfEveryGuardrailWhetherAnApprovalReleasesIt) {
  std::set<std::string> released;
  std::set<std::string> never;
  for (const auto& one : kGuardrails) (one.approvable ? released : never).emplace(one.name);
  EXPECT_THAT(released,
              ElementsAre("attribute-changed", "group-shrunk", "mailboxLoss", "maxAssign",
                          "maxChanges", "maxUnassign", "maxUserLoss", "reference-changed",
                          "reversed", "suspicious-revision", "units-fallen", "unknown-source"));
  EXPECT_THAT(never, ElementsAre("clock-in-doubt", "contradiction", "no-policy", "pinned",
                                 "policy-not-loading", "protected", "reference", "still-granted",
                                 "store-in-doubt", "suspended"));
  released.insert(never.begin(), never.end());
  EXPECT_EQ(NamesInSources(), released) << "a guardrail without its line in the table";
}

TEST(GuardrailTable, NothingElseIsReleasedWhateverASetSays) {
  std::vector<std::string> names{"a guardrail of tomorrow"};
  for (const auto& one : kGuardrails) {
    if (!one.approvable) names.emplace_back(one.name);
  }
  for (const auto& name : names) {
    const HeldItem item{
        .subject = IdOf<UserId>("ada"), .product = kE3, .guardrail = name, .approvable = true};
    const Releases releases({{Case::ByAda("sha256:forged"), {item}}});
    EXPECT_FALSE(releases.Covers(item)) << name;
  }
}

// Three leavers whose removals somebody approved.
Case Approved() {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  if (leavers.Approve(held, held.held_digest).CountWith(Verdict::kGo) != 3) {
    throw std::invalid_argument("three should go");
  }
  return leavers;
}

// What holds the first change, with how it says to be released.
std::string FirstReason(const Plan& plan) {
  const auto& held = plan.changes.at(0).held.at(0);
  return held.guardrail + ": " + ReleaseText(held);
}

// Approves all that is held; returns the plan after that.
Plan ApproveAll(Case& what) {
  const auto held = what.Make();
  return what.Approve(held, held.held_digest);
}

// Held for a reason that no approval lifts, not even one of that very set.
void ExpectHeldForGood(Case what, const std::string& guardrail) {
  const auto held = what.Make();
  ASSERT_EQ(held.CountWith(Verdict::kHeld), 3U) << Brief(held);
  EXPECT_THAT(FirstReason(held), testing::StartsWith(guardrail + ": "));
  EXPECT_THAT(FirstReason(held), Not(HasSubstr("seatkeeper approve")));
  EXPECT_EQ(Brief(ApproveAll(what)), Brief(held));
}

TEST(Approvals, DoNotLiftASuspension) {
  auto leavers = Approved();
  leavers.adjust = [](PlanInput& input) {
    input.suspended = {{.who = "bob", .reason = "migration", .at = kNow}};
  };
  ExpectHeldForGood(leavers, "suspended");
}

TEST(Approvals, DoNotSettleDoubtOfStoreOrClock) {
  auto leavers = Approved();
  leavers.adjust = [](PlanInput& input) {
    input.doubts.holding = {StoreHolds("contoso", {.kind = StoreDoubt::Kind::kSilent})};
  };
  ExpectHeldForGood(leavers, "store-in-doubt");
  leavers.adjust = [](PlanInput& input) {
    input.doubts.holding = {{.guardrail = std::string(kClockInDoubt),
                             .value = "ahead",
                             .limit = "right",
                             .release = "set it",
                             .product = {}}};
  };
  ExpectHeldForGood(leavers, "clock-in-doubt");
}

TEST(Approvals, DoNotMakeUpForAPolicyThatIsMissing) {
  auto leavers = Approved();
  leavers.adjust = [](PlanInput& input) { input.policy_outdated = true; };
  ExpectHeldForGood(leavers, "policy-not-loading");
  leavers = Approved();
  leavers.documents.erase(leavers.documents.begin() + 3);
  ExpectHeldForGood(leavers, "no-policy");
}

TEST(Approvals, DoNotFindAGroupThatIsGone) {
  auto leavers = Approved();
  leavers.documents.push_back(test::Grants("g", "{groups: [Gone]}", "[{product: E3}]"));
  ExpectHeldForGood(leavers, "reference");
}

TEST(Approvals, ReleaseWhatTheSpentAllowanceHoldsButNotWhereACeilingCounts) {
  auto leavers = Leavers(1);
  leavers.adjust = [](PlanInput& input) {
    input.doubts.allowance_spent_until = kNow + std::chrono::hours(3);
  };
  const auto held = leavers.Make();
  ASSERT_EQ(Brief(held), "held u00 -E3 [maxUnassign]");
  EXPECT_EQ(FirstReason(held), "maxUnassign: `seatkeeper approve " + held.held_digest +
                                   " --reason TEXT`, or wait until 2026-11-20T15:00:00Z");
  EXPECT_EQ(Brief(ApproveAll(leavers)), "go 1 u00 -E3");
  leavers.ceilings.max_unassign = AmountLimit{.seats = 100};
  const auto capped = leavers.Make();
  EXPECT_EQ(FirstReason(capped), "maxUnassign: wait until 2026-11-20T15:00:00Z");
  EXPECT_EQ(Brief(ApproveAll(leavers)), Brief(capped));
}

TEST(Approvals, OpenNoClosedWindowAndAreNotSpentByIt) {
  auto leavers = Approved();
  leavers.documents.push_back(
      Guards("calm", "freezes: [{from: 2026-11-19, to: 2026-11-21, reason: audit}]"));
  leavers.adjust = [](PlanInput& input) { input.now = kNow; };
  const auto frozen = leavers.Make();
  EXPECT_EQ(frozen.CountWith(Verdict::kDeferred), 3U) << Brief(frozen);
  for (const auto& change : frozen.changes) EXPECT_TRUE(change.approved.empty());
  leavers.adjust = [](PlanInput& input) { input.now = kNow + std::chrono::days(2); };
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kGo), 3U);
}

TEST(Approvals, DoNotShortenTheWait) {
  auto leavers = Approved();
  leavers.documents.at(0) = test::Manages("E3", "full", "{after: 7d}");
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kDeferred), 3U);
}

// So many users whose removal was undone twice within the day.
Case Undone(int users) {
  auto undone = Leavers(users, "off");
  undone.adjust = [users](PlanInput& input) {
    for (int i = 0; i < users; ++i) {
      input.repetitions[{.subject = IdOf<UserId>(fmt::format("u{:02}", i)),
                         .product = kE3,
                         .kind = ChangeStep::Kind::kTake,
                         .disabled_plans = {}}] = {.times = 2, .unseen = 0, .last = kNow};
    }
  };
  return undone;
}

TEST(Approvals, ReleaseWhatIsReversedAgainAndAgain) {
  auto undone = Undone(1);
  const auto held = undone.Make();
  ASSERT_EQ(Brief(held), "held u00 -E3 [reversed]");
  EXPECT_THAT(FirstReason(held), HasSubstr("`seatkeeper approve " + held.held_digest));
  EXPECT_THAT(FirstReason(held), HasSubstr("or settle it with whoever undoes it"));
  const auto released = ApproveAll(undone);
  EXPECT_EQ(Brief(released), "go 1 u00 -E3");
  EXPECT_EQ(released.changes.at(0).approved.at(0).guardrail, "reversed");
}

TEST(Approvals, OfWhatIsReversedCountNoLongerTowardsStoppingTheTenant) {
  auto undone = Undone(5);
  undone.tenant.users.push_back({.name = "zoe", .licenses = {{"E3"}}});
  const auto stopped = undone.Make();
  ASSERT_EQ(stopped.CountWith(Verdict::kHeld), 6U) << "five stop the tenant, zoe too";
  EXPECT_THAT(Brief(stopped), HasSubstr("held zoe -E3 [reversed]"));
  EXPECT_THAT(stopped.changes.at(5).held.at(0).release, HasSubstr("seatkeeper approve --list"));
  EXPECT_EQ(ApproveAll(undone).CountWith(Verdict::kGo), 6U);
}

}  // namespace
}  // namespace seatkeeper
