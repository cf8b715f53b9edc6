#include <gmock/gmock.h>

#include <set>

#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

json ReadItem(const std::string& id, const std::string& url) {
  return {{"id", id}, {"method", "GET"}, {"url", url}};
}

json WriteItem(const std::string& id, const std::string& user, const json& add,
               const std::vector<std::string>& depends_on = {}) {
  json item{{"id", id},
            {"method", "POST"},
            {"url", "/users/" + user + "/assignLicense"},
            {"headers", {{"Content-Type", "application/json"}}},
            {"body", {{"addLicenses", add}, {"removeLicenses", json::array()}}}};
  if (!depends_on.empty()) item["dependsOn"] = depends_on;
  return item;
}

Response Post(Bench& bench, const std::vector<json>& requests) {
  return bench.Send("POST", "/v1.0/$batch", {{"requests", json(requests)}});
}

json AnswerOf(const Response& response, const std::string& id) {
  const json body = Parse(response);
  for (const json& answer : body.at("responses")) {
    if (answer.at("id") == id) return answer;
  }
  return nullptr;
}

TEST(Batch, AnswersEveryItemWithItsOwnStatusAndHeaders) {
  Bench bench;
  const Response response = Post(
      bench, {ReadItem("1", "/users/" + kAda), ReadItem("2", "v1.0/users/" + kBen),
              ReadItem("3", "/v1.0/users/nobody"), WriteItem("4", kCleo, Bench::License(kE3))});
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(AnswerOf(response, "1")["body"]["id"], kAda);
  EXPECT_EQ(AnswerOf(response, "2")["body"]["id"], kBen);
  EXPECT_EQ(AnswerOf(response, "3")["status"], 404);
  EXPECT_EQ(AnswerOf(response, "4")["status"], 200);
  EXPECT_EQ(AnswerOf(response, "1")["headers"]["x-ms-resource-unit"], "2");
  EXPECT_EQ(bench.Consumed(kE3), 2);
}

TEST(Batch, TakesTwentyItems) {
  Bench bench;
  std::vector<json> requests;
  for (int i = 0; i < 20; ++i) requests.push_back(ReadItem(std::to_string(i), "/users"));
  EXPECT_EQ(Post(bench, requests).status, 200);
  requests.push_back(ReadItem("one more", "/users"));
  EXPECT_EQ(Post(bench, requests).status, 400);
}

TEST(Batch, RefusesMalformedPayloads) {
  Bench bench;
  EXPECT_EQ(Post(bench, {ReadItem("a", "/users"), ReadItem("A", "/users")}).status, 400)
      << "ids that differ only by case collide";
  EXPECT_EQ(Post(bench, {}).status, 400);
  EXPECT_EQ(Post(bench, {{{"method", "GET"}, {"url", "/users"}}}).status, 400);
  EXPECT_EQ(Post(bench, {ReadItem("1", "/$batch")}).status, 400);
  json unknown = WriteItem("1", kAda, json::array(), {"9"});
  EXPECT_EQ(Post(bench, {unknown}).status, 400);
  EXPECT_EQ(Post(bench, {WriteItem("1", kAda, json::array(), {"2"}),
                         WriteItem("2", kBen, json::array(), {"1"})})
                .status,
            400);
  json untyped = WriteItem("1", kAda, json::array());
  untyped.erase("headers");
  EXPECT_EQ(Post(bench, {untyped}).status, 400);
}

TEST(Batch, RefusesTheSecondWriteToAUserUnlessChained) {
  Bench bench;
  const Response together = Post(bench, {WriteItem("1", kCleo, Bench::License(kE3)),
                                         WriteItem("2", kCleo, Bench::License(kVisio))});
  const std::multiset<int> statuses{AnswerOf(together, "1")["status"],
                                    AnswerOf(together, "2")["status"]};
  EXPECT_EQ(statuses, (std::multiset<int>{200, 409}));
  EXPECT_EQ(bench.Rows(kCleo).size(), 1U);
  const Response chained = Post(bench, {WriteItem("2", kCleo, Bench::License(kVisio), {"1"}),
                                        WriteItem("1", kCleo, Bench::License(kE3))});
  EXPECT_EQ(AnswerOf(chained, "1")["status"], 200);
  EXPECT_EQ(AnswerOf(chained, "2")["status"], 200);
}

TEST(Batch, FailsWhatDependsOnAFailure) {
  Bench bench;
  const json location{{"id", "loc"},
                      {"method", "PATCH"},
                      {"url", "/users/" + kDan},
                      {"headers", {{"content-type", "application/json"}}},
                      {"body", {{"usageLocation", "??"}}}};
  const Response response =
      Post(bench, {WriteItem("next", kDan, Bench::License(kE3), {"LOC"}), location,
                   WriteItem("last", kCleo, json::array(), {"next"})});
  EXPECT_EQ(AnswerOf(response, "loc")["status"], 400);
  EXPECT_EQ(AnswerOf(response, "next")["status"], 424);
  EXPECT_EQ(AnswerOf(response, "last")["status"], 424);
  json mended = location;
  mended["body"]["usageLocation"] = "FR";
  const Response mended_response =
      Post(bench, {WriteItem("next", kDan, Bench::License(kE3), {"loc"}), mended});
  EXPECT_EQ(AnswerOf(mended_response, "loc")["status"], 204);
  EXPECT_EQ(AnswerOf(mended_response, "next")["status"], 200);
}

TEST(Batch, AnswersInAnOrderDrawnBySeed) {
  std::vector<json> requests;
  for (int i = 0; i < 12; ++i) requests.push_back(ReadItem(std::to_string(i), "/users/" + kAda));
  std::set<std::string> orders;
  for (const std::uint64_t seed : {1, 1, 2, 3}) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(SmallTenant(), options);
    std::string order;
    const json body = Parse(Post(bench, requests));
    for (const json& answer : body.at("responses")) {
      order += answer.at("id").get<std::string>() + " ";
    }
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 3U) << "the same seed gives the same order, others do not";
}

TEST(Batch, ItemsCarryTheirOwnConsistencyLevel) {
  Bench bench;
  json counted = ReadItem("1", "/users/$count");
  EXPECT_EQ(AnswerOf(Post(bench, {counted}), "1")["status"], 400);
  counted["headers"] = {{"ConsistencyLevel", "eventual"}};
  EXPECT_EQ(AnswerOf(Post(bench, {counted}), "1")["body"], "4");
}

TEST(Batch, NextLinksOfItemsCanBeFollowed) {
  Bench bench;
  const Response response = Post(bench, {ReadItem("1", "/users?$top=3")});
  const std::string link = AnswerOf(response, "1")["body"]["@odata.nextLink"];
  ASSERT_TRUE(link.starts_with("http://graph.test/v1.0/users?$top=3&$skiptoken=")) << link;
  EXPECT_EQ(bench.GetJson(link.substr(17))["value"].size(), 1U);
}

TEST(Batch, ItemsNeedTheirRoles) {
  SimulatorOptions options;
  options.roles = {"User.Read.All"};
  Bench bench(SmallTenant(), options);
  const Response response =
      Post(bench, {ReadItem("1", "/users"), WriteItem("2", kCleo, Bench::License(kE3))});
  EXPECT_EQ(AnswerOf(response, "1")["status"], 200);
  EXPECT_EQ(AnswerOf(response, "2")["status"], 403);
}

TEST(Batch, IsLoggedItemByItem) {
  Bench bench;
  Post(bench, {ReadItem("r", "/users"), WriteItem("w", kCleo, Bench::License(kE3))});
  const json entry = bench.Log().back();
  EXPECT_EQ(entry["effective"], true);
  ASSERT_EQ(entry["items"].size(), 2U);
  const json& write = entry["items"][0]["id"] == "w" ? entry["items"][0] : entry["items"][1];
  EXPECT_EQ(write["user"], kCleo);
  EXPECT_EQ(write["effective"], true);
  EXPECT_EQ(write["body"]["addLicenses"][0]["skuId"], kE3);
}

TEST(Batch, RefusesAnUnchainedWriteBesideOneOfAnotherKind) {
  Bench bench;
  const json location{{"id", "loc"},
                      {"method", "PATCH"},
                      {"url", "/users/" + kCleo},
                      {"headers", {{"content-type", "application/json"}}},
                      {"body", {{"usageLocation", "NO"}}}};
  const Response together = Post(bench, {location, WriteItem("1", kCleo, Bench::License(kE3))});
  EXPECT_NE(AnswerOf(together, "loc")["status"] == 409, AnswerOf(together, "1")["status"] == 409);
}

TEST(Batch, RefusesTwoSequencesBesideEachOther) {
  Bench bench;
  const Response response = Post(
      bench, {WriteItem("1", kCleo, Bench::License(kE3)),
              WriteItem("2", kCleo, Bench::License(kVisio), {"1"}),
              WriteItem("3", kAda, json::array()), WriteItem("4", kAda, json::array(), {"3"})});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(bench.Rows(kCleo).size(), 0U);
}

}  // namespace
}  // namespace seatkeeper::sim::test
