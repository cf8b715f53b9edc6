#include <gmock/gmock.h>

#include "tests/reconciler/graph/provider_fixture.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class RereadTest : public ProviderTest {
 protected:
  RereadTest() {
    SignInWorks();
    transport_.On("/$batch", [this](const HttpRequest& request) { return Serve(request); });
  }
  /// Answers each item by `statuses_`, 200 otherwise, in reverse order.
  HttpOutcome Serve(const HttpRequest& request) {
    const json body = json::parse(request.body);
    json responses = json::array();
    largest_batch_ = std::max(largest_batch_, body["requests"].size());
    for (const auto& item : body["requests"]) {
      const std::string url = item["url"];
      const int user = std::stoi(url.substr(url.find('?') - 12, 12));
      urls_.push_back(url);
      const bool is_group = url.starts_with("/groups/");
      int status = 200;
      if (auto& queue = statuses_[user]; !queue.empty()) {
        status = queue.front();
        queue.erase(queue.begin());
      }
      json answer = {{"id", item["id"]}, {"status", status}, {"headers", {{"Retry-After", "5"}}}};
      if (status == 200)
        answer["body"] = is_group ? GroupAnswer(user) : json::parse(UserJson(user));
      responses.insert(responses.begin(), answer);
    }
    return Answer(200, json{{"responses", responses}}.dump());
  }
  static json GroupAnswer(int group) {
    return {{"id", Guid(group)},
            {"displayName", "Sales"},
            {"licenseProcessingState", {{"state", "ProcessingComplete"}}},
            {"assignedLicenses", json::array()}};
  }
  Result<void> Reread(int count) {
    std::vector<Subject> users;
    for (int i = 1; i <= count; ++i) users.emplace_back(*UserId::Parse(Guid(i)));
    return Reread(std::move(users));
  }
  Result<void> Reread(std::vector<Subject> subjects) {
    std::optional<Result<void>> got;
    provider_->Reread(std::move(subjects), sink_,
                      [&](Result<void> result) { got = std::move(result); });
    EXPECT_FALSE(got) << "never from inside the call";
    timers_.RunAll();
    EXPECT_TRUE(got) << "no answer";
    return got.value_or(Error{});
  }

  std::map<int, std::vector<int>> statuses_;
  std::vector<std::string> urls_;
  std::size_t largest_batch_ = 0;
};

TEST_F(RereadTest, ReadsEveryUserInBatchesOfTwenty) {
  ASSERT_TRUE(Reread(45).ok());
  EXPECT_EQ(sink_.user_count(), 45U);
  EXPECT_EQ(transport_.CountTo("$batch"), 3U);
  EXPECT_EQ(largest_batch_, 20U);
  EXPECT_THAT(urls_.front(), HasSubstr("?$select=id,accountEnabled"));
}

TEST_F(RereadTest, SelectsAllThatRulesNeedAndExplainsRefusedSignInTimes) {
  auto properties = PlanningProperties();
  properties.Add(rule::Property::kLastSignIn);
  properties.Add(rule::DirectoryExtension{.name = "extension_0a_badge"});
  ObservedBuilder sink(properties);
  statuses_[1] = {403};
  std::optional<Result<void>> got;
  provider_->Reread({*UserId::Parse(Guid(1))}, sink,
                    [&](Result<void> result) { got = std::move(result); });
  timers_.RunAll();
  EXPECT_THAT(urls_.front(), HasSubstr("/users/" + Guid(1) + "?$select=id,"));
  EXPECT_THAT(urls_.front(), HasSubstr(",signInActivity,"));
  EXPECT_THAT(urls_.front(), HasSubstr(",extension_0a_badge,"));
  ASSERT_TRUE(got && !got->ok());
  EXPECT_THAT(got->error().message, HasSubstr("AuditLog.Read.All"));
}

TEST_F(RereadTest, ReadsGroupsWithTheirLicencesBesideUsers) {
  statuses_[8] = {404};
  ASSERT_TRUE(
      Reread({*UserId::Parse(Guid(1)), *GroupId::Parse(Guid(7)), *GroupId::Parse(Guid(8))}).ok());
  EXPECT_EQ(transport_.CountTo("$batch"), 1U);
  EXPECT_EQ(urls_.at(1),
            "/groups/" + Guid(7) +
                "?$select=id,displayName,assignedLicenses,licenseProcessingState,securityEnabled");
  const auto state = sink_.Finish("t", {});
  EXPECT_EQ(state.users.size(), 1U);
  ASSERT_EQ(state.groups.size(), 1U) << "what is gone is simply not there";
  EXPECT_EQ(state.groups[0].id.ToString(), Guid(7));
  EXPECT_EQ(state.groups[0].processing_state, "ProcessingComplete");
}

TEST_F(RereadTest, AGroupThatMayNotBeReadIsNamed) {
  statuses_[7] = {403};
  const auto result = Reread({Subject(*GroupId::Parse(Guid(7)))});
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("Reading group " + Guid(7) + " again"));
}

TEST_F(RereadTest, NobodyToReadIsDoneAtOnce) {
  EXPECT_TRUE(Reread(0).ok());
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(RereadTest, UsersWhoAreGoneAreSimplyNotThere) {
  statuses_[2] = {404};
  ASSERT_TRUE(Reread(3).ok());
  const auto state = sink_.Finish("t", {});
  EXPECT_EQ(state.users.size(), 2U);
  EXPECT_FALSE(state.users.Find(*UserId::Parse(Guid(2))));
}

TEST_F(RereadTest, ThrottledUsersAreReadAgainAfterTheDelayAndOnlyThey) {
  statuses_[2] = {429, 503};
  const MonotonicTime before = clock_.Monotonic();
  ASSERT_TRUE(Reread(3).ok());
  EXPECT_EQ(sink_.user_count(), 3U);
  EXPECT_EQ(urls_.size(), 5U);
  EXPECT_GE(clock_.Monotonic() - before, std::chrono::seconds(10));
}

TEST_F(RereadTest, AnythingElseIsAnError) {
  statuses_[2] = {403};
  const auto result = Reread(3);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kPermission);
  EXPECT_THAT(result.error().message, HasSubstr(Guid(2)));
}

TEST_F(RereadTest, LastingTroubleIsAnErrorInTheEnd) {
  statuses_[1] = std::vector<int>(50, 503);
  EXPECT_EQ(Reread(1).error().kind, ErrorKind::kUnreachable);
}

}  // namespace
}  // namespace seatkeeper::test
