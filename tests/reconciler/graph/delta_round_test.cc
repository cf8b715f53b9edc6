#include "reconciler/graph/delta_round.h"

#include <gmock/gmock.h>

#include <optional>

#include "tests/reconciler/graph/provider_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Page(const std::string& entries, const std::string& link) {
  return R"({"value":[)" + entries + R"(],)" + link + "}";
}
std::string Entry(int id) { return R"({"id":")" + Guid(id) + R"("})"; }
const std::string kLast = R"("@odata.deltaLink":"https://graph.test/v1.0/users/delta?d=1")";

TEST(DeltaPages, NameWhoeverHasAnEntry) {
  const auto page = DecodeDeltaPage(
      Page(Entry(1) + R"(,{"id":")" + Guid(2) + R"(","@removed":{"reason":"changed"}})", kLast));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->users.size(), 2U) << "removed or not: they are read again";
  EXPECT_EQ(page->delta_link, "https://graph.test/v1.0/users/delta?d=1");
}

TEST(DeltaPages, AreRefusedWhereTheyCannotBeTrusted) {
  for (const auto& body : {
           std::string(), std::string("[]"), std::string("<html>"),
           std::string(R"({"value":[]})"),                         // no link: cut short
           R"({)" + kLast + "}",                                   // no value
           R"({"value":{},)" + kLast + "}",                        // no list
           Page(R"({"displayName":"Ada"})", kLast),                // nobody
           Page(R"({"id":7})", kLast),                             // likewise
           Page(R"({"id":"ada"})", kLast),                         // likewise
           Page("7", kLast),                                       // likewise
           Page(Entry(1), R"("@odata.deltaLink":7)"),              // no text
           Page(Entry(1), kLast + R"(,"@odata.nextLink":"more")")  // which of them?
       }) {
    EXPECT_FALSE(DecodeDeltaPage(body).ok()) << body;
  }
}

class DeltaTest : public ProviderTest {
 protected:
  DeltaTest() { SignInWorks(); }

  /// Of the users who are asked for again only those in `found` are there.
  void BatchesFind(std::vector<int> found) {
    transport_.On("/$batch", [found = std::move(found)](const HttpRequest& request) {
      std::string responses;
      for (int id = 1, item = 0; id < 100; ++id) {
        if (request.body.find(Guid(id)) == std::string::npos) continue;
        const bool there = std::ranges::find(found, id) != found.end();
        responses += std::string(responses.empty() ? "" : ",") + R"({"id":")" +
                     std::to_string(++item) + R"(","status":)" + (there ? "200" : "404") +
                     R"(,"body":)" + (there ? UserJson(id) : "{}") + "}";
      }
      return Answer(200, R"({"responses":[)" + responses + "]}");
    });
    transport_.On("/subscribedSkus",
                  [](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
    transport_.On("/directory/subscriptions",
                  [](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
  }
  void DeltaAnswers(int status, const std::string& body) {
    transport_.On("/users/delta", [this, status, body](const HttpRequest& request) {
      asked_.push_back(request.url);
      return Answer(status, body);
    });
  }
  Result<ChangesRead> Read(ChangesRequest request = {}) {
    request.cursor = "https://graph.test/v1.0/users/delta?d=0";
    request.request.properties = sink_.properties();
    if (request.most_users == 0) request.most_users = 10;
    std::optional<Result<ChangesRead>> got;
    provider_->ReadChanges(std::move(request), sink_,
                           [&](Result<ChangesRead> result) { got = std::move(result); });
    EXPECT_FALSE(got) << "never from inside the call";
    timers_.RunAll();
    EXPECT_TRUE(got) << "no answer";
    return got.value_or(Error{});
  }
  static UserId Id(int number) { return *UserId::Parse(Guid(number)); }

  std::vector<std::string> asked_;
};

TEST_F(DeltaTest, BeginsNowWithEverythingThatIsReadOfUsers) {
  DeltaAnswers(200, Page("", kLast));
  std::optional<Result<std::string>> got;
  provider_->MarkNow(sink_.properties(), [&](Result<std::string> cursor) { got = cursor; });
  timers_.RunAll();
  ASSERT_TRUE(got && got->ok());
  EXPECT_EQ(**got, "https://graph.test/v1.0/users/delta?d=1");
  EXPECT_THAT(asked_.front(), HasSubstr("$deltatoken=latest"));
  EXPECT_THAT(asked_.front(), HasSubstr("assignedLicenses")) << "else licences go by unseen";
  EXPECT_THAT(asked_.front(), HasSubstr("accountEnabled"));
}

TEST_F(DeltaTest, SignInTimesAreNotTracked) {
  auto properties = PlanningProperties();
  properties.Add(rule::Property::kLastSignIn);
  std::optional<Result<std::string>> got;
  provider_->MarkNow(properties, [&](Result<std::string> cursor) { got = cursor; });
  timers_.RunAll();
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().kind, ErrorKind::kRejected);
  EXPECT_EQ(transport_.CountTo("delta"), 0U);
}

TEST_F(DeltaTest, WhoeverIsNamedIsReadAgainAndWhoIsGoneIsSaid) {
  DeltaAnswers(200, Page(Entry(3) + "," + Entry(2) + "," + Entry(3), kLast));
  BatchesFind({2, 5});
  const auto read = Read({.also = {Id(5)}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->changed, ElementsAre(Id(2), Id(3), Id(5)));
  EXPECT_EQ(read->cursor, "https://graph.test/v1.0/users/delta?d=1");
  const auto state = sink_.Finish("contoso", WallTime{});
  EXPECT_EQ(state.users.size(), 2U);
  EXPECT_FALSE(state.users.Find(Id(3)));
  EXPECT_EQ(transport_.CountTo("/users?"), 0U) << "nobody is listed";
}

TEST_F(DeltaTest, FollowsPagesAlsoEmptyOnes) {
  int page = 0;
  transport_.On("/users/delta", [&](const HttpRequest&) {
    ++page;
    const auto next = R"("@odata.nextLink":"https://graph.test/v1.0/users/delta?n=)" +
                      std::to_string(page) + "\"";
    return Answer(200, Page(page == 2 ? "" : Entry(page), page < 4 ? next : kLast));
  });
  BatchesFind({1, 3, 4});
  const auto read = Read();
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(read->changed, ElementsAre(Id(1), Id(3), Id(4)));
}

TEST_F(DeltaTest, NothingIsReadForNobodyWhereThatIsWanted) {
  DeltaAnswers(200, Page("", kLast));
  const auto read = Read({.unless_nobody = true});
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->changed.empty());
  EXPECT_EQ(transport_.CountTo("/subscribedSkus"), 0U);
}

TEST_F(DeltaTest, EndsInAnErrorWhenTheServiceHasForgotten) {
  DeltaAnswers(410, R"({"error":{"code":"resyncRequired","message":"gone"}})");
  EXPECT_FALSE(Read().ok());
  EXPECT_EQ(transport_.CountTo("/users/delta"), 1U) << "asking again changes nothing";
}

TEST_F(DeltaTest, EndsInAnErrorForLinksThatGoInCircles) {
  DeltaAnswers(200, Page("", R"("@odata.nextLink":"https://graph.test/v1.0/users/delta?n=1")"));
  const auto read = Read();
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("points back"));
}

TEST_F(DeltaTest, EndsInAnErrorForMoreUsersThanWanted) {
  DeltaAnswers(200, Page(Entry(1) + "," + Entry(2), kLast));
  EXPECT_FALSE(Read({.most_users = 1}).ok());
  EXPECT_FALSE(Read({.also = {Id(7), Id(8)}, .most_users = 3}).ok());
}

TEST_F(DeltaTest, KeepsTheTokenFromOtherHosts) {
  DeltaAnswers(200, Page("", R"("@odata.nextLink":"https://elsewhere.test/users/delta")"));
  EXPECT_FALSE(Read().ok());
  EXPECT_EQ(transport_.CountTo("elsewhere"), 0U);
}

}  // namespace
}  // namespace seatkeeper::test
