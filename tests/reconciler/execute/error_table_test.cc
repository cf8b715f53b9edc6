#include "reconciler/execute/error_table.h"

#include <gmock/gmock.h>

#include <set>
#include <tuple>

#include "policy/text.h"

namespace seatkeeper::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using enum ErrorReach;

constexpr char kBadRequest[] = "Request_BadRequest";

const KnownError* Find(const std::string& message, int status = 400,
                       const std::string& code = kBadRequest) {
  return FindKnownError(status, code, message);
}

WriteResult Refused(int status, const std::string& code, const std::string& message = "") {
  return {.change_id = "c1",
          .kind = WriteResult::Kind::kRefused,
          .message = message,
          .service = {.status = status, .code = code}};
}

// The words of the service as they are known, ids and all.
TEST(ErrorTable, KnowsEveryLicenceRefusalOfGraph) {
  struct Row {
    const char* message;
    ErrorReach reach;
    const char* meaning;
  };
  const Row rows[] = {
      {"License assignment cannot be done for user with invalid usage location.", kChange,
       "no usage location"},
      {"Subscription with SKU 05e9a617-0261-4cee-bb44-138d3ef5d965 does not have any available "
       "licenses.",
       kProduct, "no seat"},
      {"License assignment failed because service plans 57ff2da0-773e-42df-b2af-ffb7a2317929, "
       "4fa4026d-ce74-4962-a151-8e96d57ea8e4 are mutually exclusive",
       kChange, "together"},
      {"License assignment failed because service plan 4828c8ec-dc2e-4779-b502-87ac9ce28ab7 "
       "depends on the service plan(s) 57ff2da0-773e-42df-b2af-ffb7a2317929",
       kChange, "needs another one"},
      {"User license is inherited from a group membership and it cannot be removed directly from "
       "the user.",
       kChange, "from a group"},
      {"User does not have a corresponding license.", kChange, "does not hold"},
      {"License 05e9a617-0261-4cee-bb44-138d3ef5d965 does not correspond to a valid company "
       "License.",
       kProduct, "does not own"},
      {"Another object with the same value for property proxyAddresses already exists.", kChange,
       "address"},
      {"Invalid value specified for property 'usageLocation' of resource 'User'.", kChange,
       "country"},
  };
  for (const auto& row : rows) {
    const auto* known = Find(row.message);
    ASSERT_NE(known, nullptr) << row.message;
    EXPECT_EQ(known->reach, row.reach) << row.message;
    EXPECT_THAT(std::string(known->meaning), HasSubstr(row.meaning)) << row.message;
    EXPECT_EQ(Find(AsciiLower(row.message)), known) << "in any letter case";
  }
}

TEST(ErrorTable, CodesFurtherInAreFoundInTheMessage) {
  for (const char* code : {"CountViolation", "noAvailableLicenses"}) {
    const auto* known = Find(std::string("It failed. (") + code + ")");
    ASSERT_NE(known, nullptr) << code;
    EXPECT_EQ(known->reach, kProduct);
    EXPECT_EQ(FindKnownError(400, code, ""), known) << "and as the code itself";
  }
  EXPECT_TRUE(Find("It failed. (invalidUsageLocation)")->location);
}

TEST(ErrorTable, WhatNobodyKnowsIsAboutThatChangeAlone) {
  EXPECT_EQ(Find("Something new."), nullptr);
  EXPECT_EQ(Find("", 400, ""), nullptr);
  EXPECT_EQ(ReachOf(Refused(400, kBadRequest, "Something new.")), kChange);
  EXPECT_EQ(ReachOf(Refused(418, "Teapot")), kChange);
}

TEST(ErrorTable, WhatPromisesThatNothingHappenedPassesWhateverElseItSays) {
  for (const int status : {409, 424, 429}) {
    for (const char* message : {"", "CountViolation", "does not have any available licenses"}) {
      ASSERT_NE(Find(message, status, ""), nullptr);
      EXPECT_EQ(Find(message, status, "")->reach, kMoment) << status << ' ' << message;
    }
  }
  EXPECT_EQ(Find("", 400, "Directory_ConcurrencyViolation")->reach, kMoment);
}

TEST(ErrorTable, TellsHowFarARefusalReaches) {
  EXPECT_EQ(ReachOf(Refused(403, "Authorization_RequestDenied")), kTenant);
  EXPECT_EQ(ReachOf(Refused(403, "")), kTenant);
  EXPECT_EQ(ReachOf(Refused(401, "InvalidAuthenticationToken")), kEverything);
  EXPECT_EQ(ReachOf(Refused(400, "AADSTS7000222")), kEverything);
  EXPECT_EQ(ReachOf(Refused(0, "", "The token is for another tenant.")), kEverything);
  EXPECT_EQ(ReachOf(Refused(404, "Request_ResourceNotFound")), kChange);
  EXPECT_EQ(ReachOf(Refused(400, kBadRequest, "does not have any available licenses")), kProduct);
}

TEST(ErrorTable, AMissingLicenceOfTheTenantIsNoMissingPermission) {
  const auto* known = Find("Neither tenant is B2C or tenant doesn't have premium license", 403,
                           "Authentication_RequestFromNonPremiumTenantOrB2CTenant");
  EXPECT_THAT(std::string(known->meaning), HasSubstr("P1 or P2"));
  EXPECT_THAT(std::string(known->mend), Not(HasSubstr("grant")));
}

TEST(ErrorTable, EveryRowCanBeReachedAndSaysSomething) {
  std::set<std::tuple<int, std::string, std::string>> keys;
  for (const auto& row : KnownErrors()) {
    EXPECT_THAT(std::string(row.meaning), Not(IsEmpty()));
    EXPECT_EQ(std::string(row.part), AsciiLower(row.part)) << "compared in lower case";
    EXPECT_TRUE(row.status != 0 || !row.code.empty()) << "fits everything";
    EXPECT_TRUE(keys.emplace(row.status, row.code, row.part).second) << "twice: " << row.meaning;
    const int status = row.status == 0 ? 400 : row.status;
    const auto* found = FindKnownError(status, row.code, row.part);
    EXPECT_EQ(found, &row) << "hidden by a row above: " << row.meaning;
  }
}

}  // namespace
}  // namespace seatkeeper::test
