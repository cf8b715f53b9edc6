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

TEST(JudgeBatch, AGroupIsAcceptedBeforeItsMembersHaveAnything) {
  EXPECT_EQ(Kinds(JudgeResponses(2, {Response("1", 202), Response("2", 400)})),
            (std::vector{Kind::kAccepted, Kind::kRefused}));
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

TEST(JudgeBatch, EachAnswerNamesARequestThatSupportFinds) {
  const auto items = Items(2);
  auto answer = Answer(
      200, json{{"responses",
                 {Response("1", 200, nullptr, {{"request-id", "item"}}), Response("2", 200)}}}
               .dump());
  answer.response.headers = {{"Request-Id", "batch"}};
  const auto results = JudgeBatch(items, answer, {});
  EXPECT_EQ(results[0].service.request_id, "item");
  EXPECT_EQ(results[1].service.request_id, "batch");
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

TEST(JudgeBatch, WhatNobodyKnowsIsRefusedForGoodInTheServicesWords) {
  const auto results = JudgeResponses(
      2, {Response("1", 400, {{"error", {{"code", "Brand_New"}, {"message", "Never seen."}}}}),
          Response("2", 418, {{"error", {{"code", ""}, {"message", ""}}}})});
  EXPECT_THAT(Kinds(results), ::testing::Each(Kind::kRefused));
  EXPECT_EQ(results[0].message, "Never seen.");
  EXPECT_EQ(results[0].service.code, "Brand_New");
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

// Two requests for one change: where the first fails, the service does not try the second.
WriteItem Located() {
  auto item = Items(1)[0];
  item.usage_location = "FR";
  return item;
}

TEST(WriteBatchBody, SetsTheUsageLocationFirst) {
  const json body = json::parse(WriteBatchBody(std::vector{Located()}));
  const auto& requests = body["requests"];
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0], json::parse(R"({"id":"1","method":"PATCH","url":"/users/)" + Guid(1) +
                                     R"(","headers":{"Content-Type":"application/json"},
                                         "body":{"usageLocation":"FR"}})"));
  EXPECT_EQ(requests[1]["id"], "2");
  EXPECT_EQ(requests[1]["dependsOn"], json::array({"1"}));
  EXPECT_EQ(requests[1]["url"], "/users/" + Guid(1) + "/assignLicense");
}

TEST(WriteBatchBody, ProcessesAUserAgain) {
  auto items = Items(2);
  items[1].add.clear();
  items[1].remove.clear();
  items[1].reprocess = true;
  const json body = json::parse(WriteBatchBody(items));
  const auto& requests = body["requests"];
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1], json::parse(R"({"id":"2","method":"POST","url":"/users/)" + Guid(2) +
                                     R"(/reprocessLicenseAssignment",
                            "headers":{"Content-Type":"application/json"},"body":{}})"))
      << "in a batch the service refuses a POST without a body";
  const auto results = JudgeBatch(
      items, Answer(200, json{{"responses", {Response("1", 200), Response("2", 200)}}}.dump()), {});
  EXPECT_THAT(Kinds(results), ::testing::ElementsAre(Kind::kAccepted, Kind::kAccepted));
}

json Refusal(const std::string& message) {
  return {{"error", {{"code", "Request_BadRequest"}, {"message", message}}}};
}

TEST(JudgeBatch, AChangeWithALocationNeedsBothAnswers) {
  struct Row {
    const char* what;
    int patched;
    int assigned;
    Kind kind;
    bool located;
  };
  const Row rows[] = {
      {"both went well", 204, 200, Kind::kAccepted, true},
      {"the location is refused", 400, 424, Kind::kRefused, false},
      {"the permission is missing", 403, 424, Kind::kRefused, false},
      {"the location is throttled", 429, 424, Kind::kTryAgain, false},
      {"both are throttled", 429, 429, Kind::kTryAgain, false},
      {"the location may be set", 503, 424, Kind::kAmbiguous, false},
      {"the products are refused", 204, 400, Kind::kRefused, true},
      {"the products are throttled", 204, 429, Kind::kTryAgain, true},
      {"the products may be given", 204, 504, Kind::kAmbiguous, true},
      {"products without their location", 400, 200, Kind::kAmbiguous, false},
      {"a lost answer to the second", 204, 0, Kind::kAmbiguous, true},
      {"a lost answer to the first", 0, 424, Kind::kAmbiguous, false},
  };
  for (const auto& row : rows) {
    json responses = json::array();
    if (row.assigned != 0) responses.push_back(Response("2", row.assigned, Refusal("Second.")));
    if (row.patched != 0) responses.push_back(Response("1", row.patched, Refusal("First.")));
    const auto results =
        JudgeBatch(std::vector{Located()}, Answer(200, json{{"responses", responses}}.dump()), {});
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].kind, row.kind) << row.what;
    EXPECT_EQ(results[0].located, row.located) << row.what;
  }
}

TEST(JudgeBatch, ARefusedLocationSpeaksInTheServicesWords) {
  const auto results = JudgeBatch(
      std::vector{Located()},
      Answer(200, json{{"responses",
                        {Response("1", 400, Refusal("Invalid value.")), Response("2", 424)}}}
                      .dump()),
      {});
  EXPECT_EQ(results[0].message, "Setting the usage location: Invalid value.");
  EXPECT_EQ(results[0].service.status, 400);
}

// What the service has just accepted it may not see at once.
TEST(JudgeBatch, ALocationThatIsNotSeenYetIsTriedAgain) {
  const auto answers =
      json{{"responses",
            {Response("1", 204), Response("2", 400,
                                          Refusal("License assignment cannot be done for user "
                                                  "with invalid usage location."))}}};
  const auto results = JudgeBatch(std::vector{Located()}, Answer(200, answers.dump()), {});
  EXPECT_EQ(results[0].kind, Kind::kTryAgain);
  EXPECT_TRUE(results[0].located);
  const auto plain =
      JudgeResponses(1, json::array({Response("1", 400, answers["responses"][1]["body"])}));
  EXPECT_EQ(plain[0].kind, Kind::kRefused);
}

}  // namespace
}  // namespace seatkeeper::test
