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
  virtual HttpOutcome Serve(const HttpRequest& request) {
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
                "?$select=id,displayName,assignedLicenses,licenseProcessingState,securityEnabled,"
                "visibility");
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

class MembershipsTest : public RereadTest {
 protected:
  /// User i is in every group whose number is a multiple of i.
  HttpOutcome Serve(const HttpRequest& request) override {
    json responses = json::array();
    const json body = json::parse(request.body);
    for (const auto& item : body["requests"]) {
      const std::string url = item["url"];
      EXPECT_EQ(item["method"], "POST");
      EXPECT_THAT(url, ::testing::EndsWith("/checkMemberGroups"));
      EXPECT_LE(item["body"]["groupIds"].size(), 20U);
      ++checks_;
      const int user = NumberOf(url.substr(std::string("/users/").size(), 36));
      json in = json::array();
      for (const auto& group : item["body"]["groupIds"]) {
        if (NumberOf(group) % user == 0) in.push_back(group);
      }
      const int status = checks_ == gone_ ? 404 : 200;
      responses.push_back(
          {{"id", item["id"]}, {"status", status}, {"body", {{"value", answer_.value_or(in)}}}});
    }
    return Answer(200, json{{"responses", responses}}.dump());
  }
  static int NumberOf(const std::string& id) { return std::stoi(id.substr(24)); }
  Result<Memberships> Ask(int users, int groups) {
    std::vector<UserId> of;
    std::vector<GroupId> in;
    for (int i = 1; i <= users; ++i) of.push_back(*UserId::Parse(Guid(i)));
    for (int i = 1; i <= groups; ++i) in.push_back(*GroupId::Parse(Guid(i)));
    std::optional<Result<Memberships>> got;
    provider_->ReadMemberships(of, in,
                               [&](Result<Memberships> result) { got = std::move(result); });
    EXPECT_FALSE(got) << "never from inside the call";
    timers_.RunAll();
    EXPECT_TRUE(got) << "no answer";
    return got.value_or(Error{});
  }

  int checks_ = 0;
  int gone_ = 0;  ///< The check that is answered by 404, counted from 1.
  std::optional<json> answer_;
};

TEST_F(MembershipsTest, AreAskedTwentyGroupsAtATime) {
  const auto memberships = Ask(3, 45);
  ASSERT_TRUE(memberships.ok()) << memberships.error().message;
  EXPECT_EQ(checks_, 9);
  ASSERT_EQ(memberships->size(), 3U);
  EXPECT_EQ(memberships->at(*UserId::Parse(Guid(1))).size(), 45U);
  EXPECT_EQ(memberships->at(*UserId::Parse(Guid(2))).size(), 22U);
  EXPECT_TRUE(std::ranges::is_sorted(memberships->at(*UserId::Parse(Guid(3)))));
}

TEST_F(MembershipsTest, OfWhoeverIsGoneNothingIsSaid) {
  gone_ = 4;  // Of user 1, the second of three.
  const auto memberships = Ask(3, 45);
  ASSERT_TRUE(memberships.ok()) << memberships.error().message;
  EXPECT_FALSE(memberships->contains(*UserId::Parse(Guid(1))));
  EXPECT_EQ(memberships->size(), 2U);
}

TEST_F(MembershipsTest, AnAnswerThatIsNoListIsAnError) {
  answer_ = json::array({"Accounting"});
  const auto memberships = Ask(1, 1);
  ASSERT_FALSE(memberships.ok());
  EXPECT_THAT(memberships.error().message,
              HasSubstr("Reading the groups of user " + Guid(1) + " again: no list"));
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
