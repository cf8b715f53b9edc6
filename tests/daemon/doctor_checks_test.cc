#include "daemon/doctor_checks.h"

#include <gmock/gmock.h>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Verdict = Check::Verdict;

constexpr char kSuite[] = "05e9a617-0261-4cee-bb44-138d3ef5d965";
constexpr char kGroup[] = "00000000-0000-0000-0000-000000000050";
constexpr char kBuyer[] = "00000000-0000-0000-0000-000000000007";

/// "warn: what — mend", one line each; every trouble has its mend.
std::vector<std::string> Lines(const std::vector<Check>& checks) {
  std::vector<std::string> lines;
  for (const auto& check : checks) {
    const bool ok = check.verdict == Verdict::kOk;
    EXPECT_EQ(check.mend.empty(), ok) << check.what;
    EXPECT_EQ(check.code == ExitCode::kOk, check.verdict != Verdict::kFail) << check.what;
    const auto* verdict = ok ? "ok" : check.verdict == Verdict::kWarn ? "warn" : "FAIL";
    lines.push_back(std::string(verdict) + ": " + check.what);
  }
  return lines;
}

Product Suite(PrepaidUnits units) {
  Product product;
  product.id = *SkuId::Parse(kSuite);
  product.subscribed = true;
  product.part_number = "SPE_E3";
  product.prepaid = units;
  return product;
}

Subscription Bought(const std::string& status, const std::string& next) {
  Subscription subscription;
  subscription.sku_id = kSuite;
  subscription.status = status;
  subscription.next_lifecycle = next;
  subscription.total_licenses = 20;
  return subscription;
}

ObservedState Tenant(PrepaidUnits units, std::vector<Subscription> subscriptions = {}) {
  ObservedState observed;
  observed.products = {Suite(units)};
  observed.product_ids = {observed.products[0].id};
  observed.subscriptions = std::move(subscriptions);
  return observed;
}

std::vector<std::string> Subscriptions(const ObservedState& observed) {
  return Lines(JudgeSubscriptions("contoso subscriptions", observed));
}

TEST(DoctorSubscriptions, ThatAreInForceAreOneLine) {
  EXPECT_THAT(Subscriptions(Tenant({.enabled = 20})),
              ElementsAre("ok: 1 product, every seat in force"));
  EXPECT_THAT(Subscriptions(ObservedState()), ElementsAre("ok: 0 products, every seat in force"));
}

TEST(DoctorSubscriptions, InEachStateSayTheirSeatsAndTheNextDay) {
  const PrepaidUnits units{.enabled = 100, .warning = 20, .suspended = 1, .locked_out = 5};
  const auto lines = Subscriptions(
      Tenant(units, {Bought("Warning", "2026-12-24T00:00:00Z"),
                     Bought("Warning", "2026-12-01T10:00:00Z"), Bought("Enabled", "2026-11-23"),
                     Bought("Suspended", "soon"), Bought("LockedOut", "2027-01-09T00:00:00Z")}));
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0],
              AllOf(HasSubstr("warn: 20 seats of SPE_E3 in grace"), HasSubstr("until 2026-12-01")));
  EXPECT_THAT(lines[1],
              AllOf(HasSubstr("warn: 1 seat of SPE_E3 suspended"), Not(HasSubstr("deleted"))))
      << "the day cannot be read";
  EXPECT_THAT(lines[2], AllOf(HasSubstr("warn: 5 seats of SPE_E3 locked out"),
                              HasSubstr("to be deleted on 2027-01-09")));
}

TEST(DoctorSubscriptions, ThatCouldNotBeReadLeaveTheDayOpen) {
  auto observed = Tenant({.suspended = 3});
  observed.subscriptions.reset();
  EXPECT_THAT(Subscriptions(observed),
              ElementsAre("warn: 3 seats of SPE_E3 suspended, so that nobody can be given one"));
}

TEST(DoctorSelfService, NamesProductsSeatsAndBuyers) {
  auto own = Bought("Enabled", "");
  own.owner_type = "User";
  own.owner_id = kBuyer;
  const auto judge = [](const ObservedState& observed) {
    return Lines(JudgeSelfService("contoso self-service", observed));
  };
  EXPECT_THAT(judge(Tenant({}, {own})),
              ElementsAre("warn: 20 seats of SPE_E3 look like self-service, bought by " +
                          std::string(kBuyer) + ": nobody is given it, and nobody loses it"));
  EXPECT_THAT(judge(Tenant({}, {own, Bought("Enabled", "")})),
              ElementsAre(HasSubstr("these seats are not planned with")));
  EXPECT_THAT(judge(Tenant({}, {Bought("Enabled", "")})),
              ElementsAre("ok: no product looks like self-service"));
  auto unread = Tenant({});
  unread.subscriptions.reset();
  EXPECT_THAT(judge(unread), ElementsAre(HasSubstr("could not be read")));
  std::vector<Subscription> many;
  for (int i = 1; i <= 5; ++i) {
    many.push_back(own);
    many.back().owner_id.back() = static_cast<char>('0' + i);
  }
  EXPECT_THAT(judge(Tenant({}, many)), ElementsAre(HasSubstr(" and 2 more: ")));
}

struct GroupCase {
  GroupReading::Status status;
  std::string detail;
  std::optional<bool> secure = true;
};

std::vector<Check> JudgeOne(const GroupCase& given, bool licensed = false) {
  ObservedState observed;
  const auto id = *GroupId::Parse(kGroup);
  observed.references = {
      {.reference = "Sales", .status = given.status, .id = id, .detail = given.detail}};
  if (given.status == GroupReading::Status::kFound) {
    Group group;
    group.id = id;
    group.security_enabled = given.secure;
    observed.groups = {group};
  }
  ReadRequest asked{.properties = {}, .groups = {"Sales"}, .links = {}};
  if (licensed) asked.licensed_groups = {"Sales"};
  return JudgeGroups("contoso groups", asked, observed);
}

TEST(DoctorGroups, ThatAreThereAreOneLine) {
  using Status = GroupReading::Status;
  EXPECT_THAT(Lines(JudgeOne({Status::kFound, ""})),
              ElementsAre("ok: 1 group named by the policy, and there"));
  EXPECT_THAT(Lines(JudgeOne({Status::kFound, ""}, true)), ElementsAre(HasSubstr("ok: ")));
  EXPECT_THAT(Lines(JudgeOne({Status::kFound, "", false})), ElementsAre(HasSubstr("ok: ")))
      << "its members can be selected all the same";
  EXPECT_THAT(JudgeGroups("contoso groups", {}, ObservedState()), IsEmpty());
}

TEST(DoctorGroups, EachTroubleHasItsMendAndExitCode) {
  using Status = GroupReading::Status;
  const auto fails = [](const GroupCase& given, bool licensed, const std::string& what,
                        const std::string& mend, ExitCode code) {
    const auto checks = JudgeOne(given, licensed);
    ASSERT_THAT(Lines(checks), ElementsAre("FAIL: `Sales`" + what));
    EXPECT_THAT(checks[0].mend, HasSubstr(mend));
    EXPECT_EQ(checks[0].code, code);
  };
  fails({Status::kMissing, "no group has this name"}, false, ": no group has this name",
        "create the group", ExitCode::kInvalid);
  fails({Status::kAmbiguous, "2 groups have this name: a, b"}, false,
        ": 2 groups have this name: a, b", "object id", ExitCode::kInvalid);
  fails({Status::kUnreadable, "denied"}, false, ": denied", "GroupMember.Read.All",
        ExitCode::kNoPermission);
  fails({Status::kFound, "", false}, true,
        " is not security-enabled, so that it cannot be licensed", "deliver directly",
        ExitCode::kInvalid);
}

TEST(DoctorGroups, ThatRulesReachThroughAreLookedUpAsWell) {
  const auto id = *GroupId::Parse(kGroup);
  const auto asked = OutlineOf(
      {.properties = {},
       .groups = {"Sales", kGroup},
       .links = {{Link::Kind::kDirectMembers, id.guid}, {Link::Kind::kDirectReports, id.guid}}});
  EXPECT_THAT(asked.groups, ElementsAre(kGroup, "Sales"));
  EXPECT_THAT(asked.links, IsEmpty());
}

TEST(DoctorPermissions, WhatIsMissingFailsOnlyWhereNothingWorksWithoutIt) {
  const auto judge = [](const std::vector<std::string>& roles, const FeaturesUsed& features) {
    return JudgePermissions("contoso permissions", roles, features);
  };
  const auto nothing = judge({}, {});
  EXPECT_THAT(Lines(nothing),
              ElementsAre("FAIL: User.Read.All is missing, for reading users and what they hold",
                          "FAIL: LicenseAssignment.Read.All is missing, for reading products and "
                          "their seats",
                          "warn: Organization.Read.All is missing, for reading subscriptions: "
                          "renewal dates and self-service purchases are not known"));
  EXPECT_EQ(nothing[0].code, ExitCode::kNoPermission);
  EXPECT_THAT(Lines(judge({"LicenseAssignment.Read.All", "User.Read.All"}, {})),
              ElementsAre(HasSubstr("warn: Organization.Read.All"),
                          "ok: LicenseAssignment.Read.All, User.Read.All"));
}

TEST(DoctorClock, IsToleratedForFiveMinutes) {
  const auto verdict = [](std::optional<milliseconds> skew) {
    return JudgeClock("contoso clock", skew).verdict;
  };
  EXPECT_EQ(verdict(minutes(5)), Verdict::kOk);
  EXPECT_EQ(verdict(-minutes(5)), Verdict::kOk);
  EXPECT_EQ(verdict(minutes(5) + milliseconds(1)), Verdict::kFail);
  EXPECT_EQ(verdict(-minutes(6)), Verdict::kFail);
  EXPECT_EQ(verdict(std::nullopt), Verdict::kWarn);
}

TEST(DoctorQuota, TellsPressureWhereTheServiceDoes) {
  GraphProbe probe;
  const auto line = [&] { return Lines({JudgeQuota("contoso quota", probe)}).front(); };
  EXPECT_EQ(line(), "ok: the service reports no pressure");
  probe.limit_share = 0.83;
  EXPECT_EQ(line(), "warn: 83 % of the limit of requests is used");
  probe.limit_share = 1.2;
  probe.limit_scope = "Tenant_Application/ReadWrite/a/b";
  EXPECT_EQ(line(),
            "warn: 120 % of the limit of requests is used (Tenant_Application/ReadWrite/a/b): some "
            "are refused for a while");
}

}  // namespace
}  // namespace seatkeeper
