#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;
using test::TestTenant;
using test::TestUser;

TestUser Ada() {
  return {.name = "ada",
          .department = "Sales",
          .licenses = {{"E5", {"P1"}}, {"E3", {}, AssignmentSource::kGroup, "g1"}}};
}

std::uint64_t FingerprintOf(const TestUser& user) {
  TestTenant tenant;
  tenant.users = {user};
  return tenant.Read().Fingerprint(0);
}

TEST(Fingerprint, ChangesWithEveryThingThatMatters) {
  const std::function<void(TestUser&)> changes[] = {
      [](TestUser&) {},
      [](TestUser& user) { user.name = "adb"; },
      [](TestUser& user) { user.principal_name = "ada@fabrikam.com"; },
      [](TestUser& user) { user.department = "sales"; },
      [](TestUser& user) { user.department = ""; },
      [](TestUser& user) { user.enabled = false; },
      [](TestUser& user) { user.usage_location = "NO"; },
      [](TestUser& user) { user.assignments_known = false; },
      [](TestUser& user) { user.type = "#microsoft.graph.agentUser"; },
      [](TestUser& user) { user.type = "#microsoft.graph.somethingNew"; },
      [](TestUser& user) { user.licenses.pop_back(); },
      [](TestUser& user) { user.licenses.push_back({"F1"}); },
      [](TestUser& user) { user.licenses.push_back(user.licenses[0]); },
      [](TestUser& user) { user.licenses[0].product = "E6"; },
      [](TestUser& user) { user.licenses[0].off = {}; },
      [](TestUser& user) { user.licenses[0].off = {"P2"}; },
      [](TestUser& user) {
        user.licenses[0].off = {"P1", "P2"};
      },
      [](TestUser& user) { user.licenses[0].source = AssignmentSource::kUnknown; },
      [](TestUser& user) { user.licenses[0].state = AssignmentState::kError; },
      [](TestUser& user) { user.licenses[0].error = "CountViolation"; },
      [](TestUser& user) { user.licenses[1].group = "g2"; },
      [](TestUser& user) { std::swap(user.licenses[0].off, user.licenses[1].off); },
  };
  std::set<std::uint64_t> seen;
  for (const auto& change : changes) {
    auto user = Ada();
    change(user);
    seen.insert(FingerprintOf(user));
  }
  EXPECT_EQ(seen.size(), std::size(changes));
}

TEST(Fingerprint, TellsAbsentNullAndEmptyApart) {
  std::set<std::uint64_t> seen;
  for (int kind = 0; kind < 3; ++kind) {
    ObservedBuilder builder(AllProperties());
    builder.BeginUser(IdOf<UserId>("ada"));
    if (kind == 1) builder.SetNull(rule::Property::kCity);
    if (kind == 2) builder.SetText(rule::Property::kCity, "");
    seen.insert(builder.Finish("t", WallTime{}).Fingerprint(0));
  }
  EXPECT_EQ(seen.size(), 3U);
}

TEST(Fingerprint, WhatIsReadAsideIsNoPartOfIt) {
  const auto read = [](const TestUser& user, bool aside) {
    TestTenant tenant;
    tenant.users = {user};
    PropertySet sign_in;
    sign_in.Add(rule::Property::kLastSuccessfulSignIn);
    if (!aside) tenant.properties = tenant.properties.Without(sign_in);
    auto state = tenant.Read();
    if (aside) state.aside = sign_in;
    return state.Fingerprint(0);
  };
  auto ada = Ada();
  const auto before = read(ada, false);
  EXPECT_EQ(read(ada, true), before);
  ada.signed_in = WallTime(std::chrono::days(20'000));
  EXPECT_EQ(read(ada, true), before) << "as if it had not been read";
  EXPECT_NE(FingerprintOf(ada), FingerprintOf(Ada())) << "where a rule may rest on it, it counts";
  ada.department = "Legal";
  EXPECT_NE(read(ada, true), before);
}

TEST(Fingerprint, DoesNotMixNeighbouringProperties) {
  const auto fingerprint = [](rule::Property property) {
    ObservedBuilder builder(AllProperties());
    builder.BeginUser(IdOf<UserId>("ada"));
    builder.SetText(property, "x");
    return builder.Finish("t", WallTime{}).Fingerprint(0);
  };
  EXPECT_NE(fingerprint(rule::Property::kCity), fingerprint(rule::Property::kCompanyName));
}

test::TestGroup Sales() {
  return {.name = "Sales", .members = {"ada"}, .licenses = {{"E5", {"P1"}}, {"E3"}}};
}

std::uint64_t FingerprintOf(const test::TestGroup& group) {
  ObservedBuilder builder(PlanningProperties());
  TestTenant::ReadGroup(group, builder);
  return Fingerprint(builder.Finish("t", WallTime{}).groups.at(0));
}

TEST(Fingerprint, OfAGroupChangesWithItsLicencesAndItsName) {
  const std::function<void(test::TestGroup&)> changes[] = {
      [](test::TestGroup&) {},
      [](test::TestGroup& group) { group.name = "Sale"; },
      [](test::TestGroup& group) { group.security_enabled = false; },
      [](test::TestGroup& group) { group.licenses.pop_back(); },
      [](test::TestGroup& group) { group.licenses.push_back({"F1"}); },
      [](test::TestGroup& group) { group.licenses[0].off = {}; },
      [](test::TestGroup& group) { std::swap(group.licenses[0].off, group.licenses[1].off); },
  };
  std::set<std::uint64_t> seen;
  for (const auto& change : changes) {
    auto group = Sales();
    change(group);
    seen.insert(FingerprintOf(group));
  }
  EXPECT_EQ(seen.size(), std::size(changes));
  auto unread = Sales();
  ObservedBuilder builder(PlanningProperties());
  TestTenant::ReadGroup(unread, builder);
  auto observed = builder.Finish("t", WallTime{});
  observed.groups[0].security_enabled.reset();
  seen.insert(Fingerprint(observed.groups[0]));
  EXPECT_EQ(seen.size(), std::size(changes) + 1) << "not read is neither yes nor no";
}

TEST(Fingerprint, OfAGroupIgnoresItsOrderItsMembersAndItsProcessing) {
  auto group = Sales();
  std::swap(group.licenses[0], group.licenses[1]);
  group.members = {"bob"};
  group.processing_state = "ProcessingInProgress";
  EXPECT_EQ(FingerprintOf(group), FingerprintOf(Sales()));
}

TEST(Fingerprint, IgnoresWhenTheServiceTouchedARow) {
  auto touched = Ada();
  touched.licenses[0].updated = "2026-11-21T09:12:33Z";
  EXPECT_EQ(FingerprintOf(touched), FingerprintOf(Ada()));
}

TEST(Fingerprint, DoesNotDependOnHowThingsWereNumbered) {
  TestTenant tenant;
  tenant.products = {{.name = "ZZ"}, {.name = "AA"}};
  tenant.users = {{.name = "aaa",
                   .department = "Other",
                   .licenses = {{.product = "AA", .off = {"P7"}, .error = "Other"}, {"ZZ"}}},
                  Ada()};
  const auto observed = tenant.Read();
  EXPECT_EQ(observed.Fingerprint(*observed.users.Find(IdOf<UserId>("ada"))), FingerprintOf(Ada()));
}

}  // namespace
}  // namespace seatkeeper
