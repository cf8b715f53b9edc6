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
