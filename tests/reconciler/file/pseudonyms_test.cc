#include "reconciler/file/pseudonyms.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reconciler/file/decode_snapshot.h"
#include "reconciler/file/snapshot.h"

namespace seatkeeper {
namespace {

using nlohmann::json;
using rule::Property;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const Guid kAda = *Guid::Parse("a0000000-0000-4000-8000-000000000001");
const Guid kBen = *Guid::Parse("a0000000-0000-4000-8000-000000000002");

Pseudonyms WithKey(const std::string& key, Pseudonyms::Kept kept = {}) {
  return Pseudonyms(Secret(key), std::move(kept));
}

TEST(Pseudonyms, AreTheSameForOneKeyAndOthersForAnother) {
  const auto one = WithKey("0123456789abcdef");
  EXPECT_EQ(one.IdOf(kAda), WithKey("0123456789abcdef").IdOf(kAda));
  EXPECT_NE(one.IdOf(kAda), one.IdOf(kBen));
  EXPECT_NE(one.IdOf(kAda), WithKey("0123456789abcdeg").IdOf(kAda));
  EXPECT_TRUE(Guid::Parse(one.IdOf(kAda)));
  // HMAC-SHA-256, as any other implementation of it computes it.
  EXPECT_EQ(one.IdOf(kAda), "b607f22f-6db1-703d-d379-ab1d4c0424d9");
}

TEST(Pseudonyms, NamesKeepTheirDomainAndNothingElse) {
  const auto names = WithKey("0123456789abcdef");
  const auto name = names.TextOf(Property::kUserPrincipalName, kAda, "Ada.Byron@contoso.com");
  EXPECT_THAT(name, MatchesRegex("p-[0-9a-f]+@contoso.com"));
  EXPECT_EQ(names.TextOf(Property::kUserPrincipalName, kAda, "other@contoso.com"), name)
      << "who is renamed stays the same person";
  EXPECT_THAT(names.TextOf(Property::kDisplayName, kAda, "Ada Byron"),
              MatchesRegex("Person [0-9a-f]+"));
  EXPECT_EQ(names.TextOf(Property::kDisplayName, kAda, ""), "");
  EXPECT_EQ(names.TextOf(Property::kDepartment, kAda, "Sales"), "Sales");
}

TEST(Pseudonyms, WhatIsKeptStays) {
  Pseudonyms::Kept kept;
  kept.properties.Add(Property::kDisplayName);
  kept.names = {"ada@contoso.com", kBen.ToString()};
  const auto names = WithKey("0123456789abcdef", kept);
  EXPECT_EQ(names.TextOf(Property::kDisplayName, kAda, "Ada Byron"), "Ada Byron");
  EXPECT_EQ(names.TextOf(Property::kUserPrincipalName, kAda, "Ada@Contoso.com"), "Ada@Contoso.com");
  EXPECT_NE(names.IdOf(kAda), kAda.ToString());
  EXPECT_EQ(names.IdOf(kBen), kBen.ToString());
}

TEST(Pseudonyms, StandWhereverASnapshotNamesSomebody) {
  const std::string text = R"({"readAt": "2026-01-05T08:00:00Z",
    "users": [
      {"id": "a0000000-0000-4000-8000-000000000001", "userPrincipalName": "ada@contoso.com",
       "displayName": "Ada Byron", "licenseAssignmentStates": []},
      {"id": "a0000000-0000-4000-8000-000000000002", "userPrincipalName": "ben@contoso.com",
       "displayName": "Ben Bitdiddle", "licenseAssignmentStates": []}],
    "groups": [{"id": "b0000000-0000-4000-8000-000000000001", "displayName": "Sales",
                "members": ["a0000000-0000-4000-8000-000000000001"]}],
    "links": [{"kind": "directReports", "of": "a0000000-0000-4000-8000-000000000001",
               "users": ["a0000000-0000-4000-8000-000000000002"]}],
    "subscriptions": [{"id": "s", "ownerType": "User",
                       "ownerId": "a0000000-0000-4000-8000-000000000002"}]})";
  auto padded = text;
  ObservedBuilder sink(PlanningProperties());
  const auto info = DecodeSnapshot(padded, {.properties = PlanningProperties(), .links = {}}, sink);
  ASSERT_TRUE(info) << info.error().message;
  const auto state = sink.Finish("t", info->read_at);
  const auto names = WithKey("0123456789abcdef");
  const auto written = RenderSnapshot(state, &names);
  EXPECT_THAT(written, AllOf(Not(HasSubstr("ada@")), Not(HasSubstr("ben@")),
                             Not(HasSubstr("Byron")), Not(HasSubstr("Bitdiddle")),
                             Not(HasSubstr(kAda.ToString())), Not(HasSubstr(kBen.ToString()))));
  const auto snapshot = json::parse(written);
  EXPECT_EQ(snapshot["groups"][0]["displayName"], "Sales");
  EXPECT_EQ(snapshot["groups"][0]["members"], json({names.IdOf(kAda)}));
  EXPECT_EQ(snapshot["links"][0]["of"], names.IdOf(kAda));
  EXPECT_EQ(snapshot["links"][0]["users"], json({names.IdOf(kBen)}));
  EXPECT_EQ(snapshot["subscriptions"][0]["ownerId"], names.IdOf(kBen));
}

}  // namespace
}  // namespace seatkeeper
