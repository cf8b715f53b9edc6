#include "reconciler/graph/graph_errors.h"

#include <gmock/gmock.h>

namespace seatkeeper::test {
namespace {

using ::testing::HasSubstr;

GraphError Parse(int status, std::string body, HttpHeaders headers = {}) {
  return ParseGraphError({status, std::move(headers), std::move(body)}, {});
}

TEST(GraphErrors, ReadsTheEnvelopeInBothSpellings) {
  for (const char* inner : {"innerError", "innererror"}) {
    const auto error =
        Parse(400, std::string(R"({"error":{"code":"Request_BadRequest",)") +
                       R"("message":"No.",")" + inner + R"(":{"request-id":"r-1"}}})");
    EXPECT_EQ(error.service.code, "Request_BadRequest");
    EXPECT_EQ(error.message, "No.");
    EXPECT_EQ(error.service.request_id, "r-1");
  }
}

TEST(GraphErrors, EmptyCodeGivesWayToAnInnerOne) {
  const auto error = Parse(429, R"({"error":{"code":"","message":"","innerError":{"code":"429"}}})",
                           {{"retry-after", "2.128"}, {"request-id", "r-2"}});
  EXPECT_EQ(error.service.code, "429");
  EXPECT_EQ(error.service.request_id, "r-2");
  EXPECT_EQ(error.service.retry_after, std::chrono::milliseconds(2'128));
}

TEST(GraphErrors, TheServicesTimeStaysWithItsRequest) {
  const auto inner = Parse(400, R"({"error":{"code":"Request_BadRequest","message":"No.",
      "innerError":{"date":"2026-01-05T08:00:00","request-id":"r-1"}}})");
  EXPECT_EQ(inner.service.request_id, "r-1");
  EXPECT_EQ(inner.service.request_date, "2026-01-05T08:00:00");
  const auto header = Parse(400, R"({"error":{"innerError":{"date":"2026-01-05T08:00:00"}}})",
                            {{"request-id", "r-2"}});
  EXPECT_EQ(header.service.request_id, "r-2");
  EXPECT_EQ(header.service.request_date, "2026-01-05T08:00:00");
  const auto alone = Parse(400, R"({"error":{"innerError":{"date":"2026-01-05T08:00:00"}}})");
  EXPECT_EQ(alone.service.request_id, "");
  EXPECT_EQ(alone.service.request_date, "") << "nobody can look it up";
}

TEST(GraphErrors, WhatStandsFurtherInIsKeptOnce) {
  const auto error = Parse(400, R"({"error":{"code":"Request_BadRequest","message":"It failed.",
      "details":[{"code":"MutuallyExclusiveViolation","message":"Plans a and b."},
                 {"code":"mutuallyexclusiveviolation","message":"it failed."}, 7, {"code":null}],
      "innerError":{"code":"Request_BadRequest","status":"400","code2":"x",
                    "innerError":{"code":"400"}}}})");
  EXPECT_EQ(error.service.code, "Request_BadRequest");
  EXPECT_EQ(error.message, "It failed. (MutuallyExclusiveViolation; Plans a and b.)");
  EXPECT_THAT(DescribeGraphError(error), HasSubstr("cannot be held together"));
  const auto silent = Parse(400, R"({"error":{"code":"Request_BadRequest","message":"",
      "details":[{"code":"CountViolation"}]}})");
  EXPECT_EQ(silent.message, "CountViolation");
}

TEST(GraphErrors, EndlessDetailsDoNotFillTheJournal) {
  std::string details;
  for (int i = 0; i < 100; ++i) {
    details += (i == 0 ? "" : ",") + (R"({"message":"detail )" + std::to_string(i)) + R"(."})";
  }
  const auto error = Parse(400, R"({"error":{"message":"No.","details":[)" + details + "]}}");
  EXPECT_THAT(error.message, HasSubstr("detail 7."));
  EXPECT_THAT(error.message, ::testing::Not(HasSubstr("detail 8.")));
}

TEST(GraphErrors, OddBodiesAreNoTrouble) {
  for (const char* body :
       {"", "<html>", "[]", "null", R"({"error":"x"})", R"({"error":{"code":1}})"}) {
    const auto error = Parse(502, body);
    EXPECT_EQ(error.service.status, 502);
    EXPECT_EQ(error.service.code, "");
    EXPECT_EQ(DescribeGraphError(error), "the service answered 502");
  }
}

TEST(GraphErrors, LicenceFailuresKeepTheirWordsAndGetAMend) {
  const auto error =
      Parse(400, R"({"error":{"code":"Request_BadRequest","message":)"
                 R"("License assignment cannot be done for user with INVALID usage location."}})");
  const std::string text = DescribeGraphError(error);
  EXPECT_THAT(text, HasSubstr("License assignment cannot be done"));
  EXPECT_THAT(text, HasSubstr("with usageLocation"));
}

TEST(GraphErrors, UnknownFailuresAreLeftInTheServicesWords) {
  const auto error = Parse(400, R"({"error":{"code":"X","message":"Something new."}})");
  EXPECT_EQ(DescribeGraphError(error), "Something new.");
}

TEST(GraphErrors, OnlyWhatPromisesThatNothingHappenedMayPass) {
  for (const int status : {409, 424, 429}) EXPECT_TRUE(MayPass(Parse(status, ""))) << status;
  for (const int status : {400, 401, 403, 404, 410, 418}) {
    EXPECT_FALSE(MayPass(Parse(status, ""))) << status;
  }
}

TEST(GraphErrors, KindsFollowTheStatus) {
  const auto kind = [](int status) { return ToError(Parse(status, ""), "Doing").kind; };
  EXPECT_EQ(kind(401), ErrorKind::kPermission);
  EXPECT_EQ(kind(403), ErrorKind::kPermission);
  EXPECT_EQ(kind(404), ErrorKind::kNotFound);
  EXPECT_EQ(kind(429), ErrorKind::kThrottled);
  EXPECT_EQ(kind(503), ErrorKind::kUnreachable);
  EXPECT_EQ(kind(400), ErrorKind::kRejected);
}

}  // namespace
}  // namespace seatkeeper::test
