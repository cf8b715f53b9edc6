#include "reconciler/graph/batch.h"

#include <gmock/gmock.h>

#include "tests/reconciler/graph/graph_fixture.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using Kind = WriteResult::Kind;
using ::testing::HasSubstr;

std::vector<WriteItem> Items(int count) {
  std::vector<WriteItem> items;
  for (int i = 1; i <= count; ++i) {
    items.push_back({.change_id = "c" + std::to_string(i),
                     .subject = *UserId::Parse(Guid(i)),
                     .add = {{*SkuId::Parse(Guid(100)), {*PlanId::Parse(Guid(200))}}},
                     .remove = {}});
  }
  return items;
}

json Response(const std::string& id, int status, json body = nullptr, json headers = {}) {
  return {{"id", id}, {"status", status}, {"headers", headers}, {"body", body}};
}

std::vector<Kind> Kinds(const std::vector<WriteResult>& results) {
  std::vector<Kind> kinds;
  for (const auto& result : results) kinds.push_back(result.kind);
  return kinds;
}

std::vector<WriteResult> JudgeResponses(int count, json responses) {
  const auto items = Items(count);
  return JudgeBatch(items, Answer(200, json{{"responses", std::move(responses)}}.dump()), {});
}

TEST(WriteBatchBody, HoldsOneAssignLicensePerSubjectWithBothLists) {
  auto items = Items(2);
  items[1].subject = *GroupId::Parse(Guid(9));
  items[1].add.clear();
  items[1].remove = {*SkuId::Parse(Guid(101))};
  const json body = json::parse(WriteBatchBody(items));
  const json expected = json::parse(R"({"requests":[
    {"id":"1","method":"POST","url":"/users/)" +
                                    Guid(1) + R"(/assignLicense",
     "headers":{"Content-Type":"application/json"},
     "body":{"addLicenses":[{"skuId":")" +
                                    Guid(100) + R"(","disabledPlans":[")" + Guid(200) +
                                    R"("]}],"removeLicenses":[]}},
    {"id":"2","method":"POST","url":"/groups/)" +
                                    Guid(9) + R"(/assignLicense",
     "headers":{"Content-Type":"application/json"},
     "body":{"addLicenses":[],"removeLicenses":[")" +
                                    Guid(101) + R"("]}}]})");
  EXPECT_EQ(body, expected);
}

TEST(JudgeBatch, ResultsComeInTheOrderOfTheItemsWhateverTheAnswers) {
  const auto results = JudgeResponses(
      3, {Response("3", 400, {{"error", {{"code", "Request_BadRequest"}, {"message", "No."}}}}),
          Response("1", 200), Response("2", 202)});
  EXPECT_THAT(Kinds(results),
              ::testing::ElementsAre(Kind::kAccepted, Kind::kAccepted, Kind::kRefused));
  EXPECT_EQ(results[2].change_id, "c3");
  EXPECT_EQ(results[2].message, "No.");
  EXPECT_EQ(results[2].service.status, 400);
  EXPECT_EQ(results[0].message, "");
}

TEST(JudgeBatch, ThrottledAndConcurrentItemsMayTryAgainAfterTheirOwnDelay) {
  const auto results = JudgeResponses(
      3, {Response("1", 429, {{"error", {{"code", ""}}}}, {{"retry-after", "2.128"}}),
          Response("2", 409, {{"error", {{"code", "Directory_ConcurrencyViolation"}}}}),
          Response("3", 424)});
  EXPECT_THAT(Kinds(results), ::testing::Each(Kind::kTryAgain));
  EXPECT_EQ(results[0].service.retry_after, std::chrono::milliseconds(2'128));
  EXPECT_EQ(results[1].service.code, "Directory_ConcurrencyViolation");
}

TEST(JudgeBatch, WhatCannotBeToldIsAmbiguous) {
  const auto results =
      JudgeResponses(4, {Response("1", 500), Response("2", 504), Response("3", 302)});
  EXPECT_THAT(Kinds(results), ::testing::Each(Kind::kAmbiguous));
  EXPECT_THAT(results[3].message, HasSubstr("leaves this change out"));
}

TEST(JudgeBatch, UnreadableAnswersAreAmbiguousForAll) {
  const auto items = Items(2);
  for (const char* body : {"", "<html>", "{}", R"({"responses":{}})", R"({"responses":[1]})",
                           R"({"responses":[{"id":"1","status":2)"}) {
    EXPECT_THAT(Kinds(JudgeBatch(items, Answer(200, body), {})),
                ::testing::ElementsAre(Kind::kAmbiguous, Kind::kAmbiguous))
        << body;
  }
  const auto odd =
      JudgeBatch(items, Answer(200, R"({"responses":[{"id":"9","status":200},{"id":1,"status":200},
                             {"id":"2","status":"200"}]})"),
                 {});
  EXPECT_THAT(Kinds(odd), ::testing::Each(Kind::kAmbiguous));
}

TEST(JudgeBatch, TheWholeBatchsFateFallsOnEveryItem) {
  const auto items = Items(2);
  const auto all = [&](const Result<HttpOutcome>& outcome) {
    const auto results = JudgeBatch(items, outcome, {});
    EXPECT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].kind, results[1].kind);
    return results[0].kind;
  };
  EXPECT_EQ(all(Failure(HttpOutcome::Kind::kNeverSent)), Kind::kTryAgain);
  EXPECT_EQ(all(Failure(HttpOutcome::Kind::kBroken)), Kind::kAmbiguous);
  EXPECT_EQ(all(Failure(HttpOutcome::Kind::kCancelled)), Kind::kAmbiguous);
  EXPECT_EQ(all(Answer(429, "", {{"Retry-After", "3"}})), Kind::kTryAgain);
  EXPECT_EQ(all(Answer(503, "")), Kind::kAmbiguous);
  EXPECT_EQ(all(Answer(400, "")), Kind::kRefused);
  EXPECT_EQ(all(Answer(401, "")), Kind::kRefused);
  EXPECT_EQ(all(Answer(302, "")), Kind::kAmbiguous);
  EXPECT_EQ(all(Error{.kind = ErrorKind::kUnreachable}), Kind::kTryAgain);
  EXPECT_EQ(all(Error{.kind = ErrorKind::kPermission}), Kind::kRefused);
}

TEST(JudgeBatch, ABatchThatEndsWith424IsReadItemByItem) {
  const auto items = Items(2);
  const auto results = JudgeBatch(
      items, Answer(424, json{{"responses", {Response("1", 200), Response("2", 429)}}}.dump()), {});
  EXPECT_THAT(Kinds(results), ::testing::ElementsAre(Kind::kAccepted, Kind::kTryAgain));
}

}  // namespace
}  // namespace seatkeeper::test
