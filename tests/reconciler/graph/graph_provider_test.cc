#include "reconciler/graph/graph_provider.h"

#include <gmock/gmock.h>

#include "tests/reconciler/graph/provider_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::HasSubstr;

class GraphProviderTest : public ProviderTest {
 protected:
  /// Two users on two pages, one product, one group with one member.
  void ServeTenant() {
    SignInWorks();
    const auto serve = [this](std::string part, std::string body) {
      transport_.On(std::move(part), [body](const HttpRequest&) { return Answer(200, body); });
    };
    serve("/users/$count", "2");
    serve("/users?page=2", R"({"value":[)" + UserJson(2) + "]}");
    serve("/v1.0/users?", R"({"@odata.nextLink":"https://graph.test/v1.0/users?page=2","value":[)" +
                              UserJson(1) + "]}");
    serve("/subscribedSkus", R"({"value":[{"skuId":")" + Guid(20) + R"("}]})");
    serve("/directory/subscriptions", R"({"value":[]})");
    serve("/groups?", R"({"value":[{"id":")" + Guid(50) + R"(","displayName":"Sales"}]})");
    serve("transitiveMembers/$count", "1");
    serve("transitiveMembers?",
          R"({"value":[{"@odata.type":"#microsoft.graph.user","id":")" + Guid(1) + R"("}]})");
  }
  std::optional<Result<void>> Read(std::vector<std::string> groups = {},
                                   std::vector<Link> links = {}) {
    std::optional<Result<void>> got;
    provider_->Read({.properties = PlanningProperties(),
                     .groups = std::move(groups),
                     .links = std::move(links)},
                    sink_, [&](Result<void> result) { got = std::move(result); });
    EXPECT_FALSE(got) << "never from inside the call";
    timers_.RunAll();
    return got;
  }
};

TEST_F(GraphProviderTest, ReadsAWholeTenant) {
  ServeTenant();
  const auto result = Read({"Sales"});
  ASSERT_TRUE(result);
  ASSERT_TRUE(result->ok()) << result->error().message;
  const auto state = sink_.Finish(kTenant, clock_.Now());
  EXPECT_EQ(state.users.size(), 2U);
  EXPECT_EQ(state.products.size(), 1U);
  ASSERT_EQ(state.groups.size(), 1U);
  EXPECT_EQ(state.groups[0].members.size(), 1U);
  EXPECT_EQ(state.FindReference("Sales")->status, GroupReading::Status::kFound);
  EXPECT_TRUE(state.subscriptions.has_value());
  EXPECT_EQ(tokens_issued_, 1);
  EXPECT_GE(transport_.most_under_way, 4U) << "independent listings run together";
  for (const auto& request : transport_.requests) {
    const bool count = request.url.find("/$count") != std::string::npos;
    EXPECT_EQ(FindHeader(request.headers, "ConsistencyLevel") != nullptr, count) << request.url;
  }
}

TEST_F(GraphProviderTest, ReadsLinksAndForgivesThoseThatAreGone) {
  ServeTenant();
  const Link members{Link::Kind::kDirectMembers, GroupId::Parse(Guid(50))->guid};
  const Link reports{Link::Kind::kDirectReports, UserId::Parse(Guid(7))->guid};
  transport_.On(Guid(50) + "/members/$count", [](const HttpRequest&) { return Answer(200, "2"); });
  transport_.On(Guid(50) + "/members?", [](const HttpRequest&) {
    return Answer(200, R"({"value":[{"@odata.type":"#microsoft.graph.user","id":")" + Guid(9) +
                           R"("},{"@odata.type":"#microsoft.graph.group","id":")" + Guid(51) +
                           R"("}]})");
  });
  transport_.On("/directReports", [](const HttpRequest&) {
    return Answer(404,
                  R"({"error":{"code":"Request_ResourceNotFound","message":"No such user."}})");
  });
  const auto result = Read({}, {members, reports});
  ASSERT_TRUE(result && result->ok()) << result->error().message;
  const auto state = sink_.Finish(kTenant, clock_.Now());
  ASSERT_EQ(state.FindLinked(members)->status, GroupReading::Status::kFound);
  EXPECT_THAT(state.FindLinked(members)->users, ::testing::ElementsAre(*UserId::Parse(Guid(9))))
      << "somebody who joined after the users were listed";
  EXPECT_EQ(state.FindLinked(reports)->status, GroupReading::Status::kMissing);
  EXPECT_THAT(state.FindLinked(reports)->detail, HasSubstr("No such user."));
}

TEST_F(GraphProviderTest, ReadsLinksAloneAgain) {
  SignInWorks();
  const Link reports{Link::Kind::kDirectReports, UserId::Parse(Guid(7))->guid};
  transport_.On("/directReports/$count", [](const HttpRequest&) { return Answer(200, "1"); });
  transport_.On("/directReports?", [](const HttpRequest&) {
    return Answer(
        200, R"({"value":[{"@odata.type":"#microsoft.graph.user","id":")" + Guid(9) + R"("}]})");
  });
  std::optional<Result<std::vector<LinkedUsers>>> got;
  provider_->ReadLinks({reports},
                       [&](Result<std::vector<LinkedUsers>> result) { got = std::move(result); });
  EXPECT_FALSE(got) << "never from inside the call";
  timers_.RunAll();
  ASSERT_TRUE(got && got->ok()) << got->error().message;
  ASSERT_EQ((*got)->size(), 1U);
  EXPECT_EQ((**got)[0].link, reports);
  EXPECT_THAT((**got)[0].users, ::testing::ElementsAre(*UserId::Parse(Guid(9))));
  EXPECT_EQ(transport_.CountTo("/users?") + transport_.CountTo("/subscribedSkus"), 0U);
}

TEST_F(GraphProviderTest, FewerLinkedUsersThanTheServiceCountsAreNoAnswer) {
  SignInWorks();
  transport_.On("/members/$count", [](const HttpRequest&) { return Answer(200, "2"); });
  transport_.On("/members?", [](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
  std::optional<Result<std::vector<LinkedUsers>>> got;
  provider_->ReadLinks({{Link::Kind::kDirectMembers, GroupId::Parse(Guid(50))->guid}},
                       [&](Result<std::vector<LinkedUsers>> result) { got = std::move(result); });
  timers_.RunAll();
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().kind, ErrorKind::kIncomplete);
}

TEST_F(GraphProviderTest, WhereALinkedGroupHidesItsMembersNobodyIsNoAnswer) {
  SignInWorks();
  transport_.On("/members/$count", [](const HttpRequest&) { return Answer(200, "0"); });
  transport_.On("/members?", [](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
  transport_.On("/groups/" + Guid(50) + "?$select=id,visibility", [](const HttpRequest&) {
    return Answer(200, R"({"id":")" + Guid(50) + R"(","visibility":"HiddenMembership"})");
  });
  std::optional<Result<std::vector<LinkedUsers>>> got;
  provider_->ReadLinks({{Link::Kind::kDirectMembers, GroupId::Parse(Guid(50))->guid}},
                       [&](Result<std::vector<LinkedUsers>> result) { got = std::move(result); });
  timers_.RunAll();
  ASSERT_TRUE(got && got->ok()) << got->error().message;
  ASSERT_EQ((*got)->size(), 1U);
  EXPECT_EQ((**got)[0].status, GroupReading::Status::kUnreadable);
}

TEST_F(GraphProviderTest, AMalformedPageFailsTheReadingNamingThePage) {
  SignInWorks();
  transport_.On("/users?page=2",
                [](const HttpRequest&) { return Answer(200, "{\"value\":[{}]}"); });
  ServeTenant();
  const auto result = Read();
  ASSERT_TRUE(result && !result->ok());
  EXPECT_EQ(result->error().kind, ErrorKind::kIncomplete);
  EXPECT_THAT(result->error().message, HasSubstr("Reading users, page 2: value[0].id: missing"));
}

TEST_F(GraphProviderTest, ALinkToAnotherHostFailsTheReadingAndGetsNoToken) {
  SignInWorks();
  transport_.On("/v1.0/users?", [](const HttpRequest&) {
    return Answer(200, R"({"value":[],"@odata.nextLink":"https://evil.test/v1.0/users?x"})");
  });
  transport_.On("/users/$count", [](const HttpRequest&) { return Answer(200, "0"); });
  ServeTenant();
  const auto result = Read();
  ASSERT_TRUE(result && !result->ok());
  EXPECT_EQ(transport_.CountTo("evil.test"), 0U);
}

TEST_F(GraphProviderTest, RefusedSignInIsAPermissionError) {
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(401, R"({"error":"invalid_client","error_codes":[7000215]})");
  });
  const auto result = Read();
  ASSERT_TRUE(result && !result->ok());
  EXPECT_EQ(result->error().kind, ErrorKind::kPermission);
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(GraphProviderTest, DestroyingItInTheMiddleDropsEverything) {
  ServeTenant();
  bool called = false;
  provider_->Read({}, sink_, [&](const Result<void>&) { called = true; });
  provider_->Write({{.change_id = "c"}}, [&](const std::vector<WriteResult>&) { called = true; });
  for (int i = 0; i < 6; ++i) timers_.RunNext();
  provider_.reset();
  EXPECT_EQ(transport_.under_way(), 0U);
  timers_.RunAll();
  EXPECT_FALSE(called);
}

TEST_F(GraphProviderTest, ItMayBeDestroyedFromItsCallback) {
  ServeTenant();
  bool called = false;
  provider_->Read({}, sink_, [&](const Result<void>&) {
    called = true;
    provider_.reset();
  });
  timers_.RunAll();
  EXPECT_TRUE(called);
}

TEST_F(GraphProviderTest, WritesOneBatchAndReportsEachItem) {
  SignInWorks();
  transport_.On("/$batch", [](const HttpRequest&) {
    return Answer(200, R"({"responses":[{"id":"2","status":429,"headers":{"Retry-After":"1"}},
                                        {"id":"1","status":200}]})");
  });
  std::vector<WriteResult> got;
  provider_->Write({{.change_id = "a", .subject = *UserId::Parse(Guid(1))},
                    {.change_id = "b", .subject = *UserId::Parse(Guid(2))}},
                   [&](std::vector<WriteResult> results) { got = std::move(results); });
  timers_.RunAll();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].kind, WriteResult::Kind::kAccepted);
  EXPECT_EQ(got[1].kind, WriteResult::Kind::kTryAgain);
  EXPECT_EQ(transport_.CountTo("$batch"), 1U) << "the executor decides about another attempt";
}

TEST_F(GraphProviderTest, AWriteWithAnExpiredTokenIsSentAgainOnce) {
  SignInWorks();
  int calls = 0;
  transport_.On("/$batch", [&](const HttpRequest&) {
    if (++calls == 1) return Answer(401, "");
    return Answer(200, R"({"responses":[{"id":"1","status":200}]})");
  });
  std::vector<WriteResult> got;
  provider_->Write({{.change_id = "a"}}, [&](auto results) { got = std::move(results); });
  timers_.RunAll();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].kind, WriteResult::Kind::kAccepted);
}

TEST_F(GraphProviderTest, ABrokenWriteIsAmbiguousAndNotRepeated) {
  SignInWorks();
  transport_.On("/$batch", [](const HttpRequest&) { return Failure(HttpOutcome::Kind::kBroken); });
  std::vector<WriteResult> got;
  provider_->Write({{.change_id = "a"}}, [&](auto results) { got = std::move(results); });
  timers_.RunAll();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].kind, WriteResult::Kind::kAmbiguous);
  EXPECT_EQ(transport_.CountTo("$batch"), 1U);
}

TEST_F(GraphProviderTest, TooManyItemsAreRefusedUnsent) {
  SignInWorks();
  std::vector<WriteResult> got;
  provider_->Write(std::vector<WriteItem>(21), [&](auto results) { got = std::move(results); });
  EXPECT_TRUE(got.empty());
  timers_.RunAll();
  EXPECT_EQ(got.size(), 21U);
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(GraphProviderTest, AReadingTellsTheServicesTime) {
  HttpHeaders headers;
  transport_.On("/directory/subscriptions",
                [&](const HttpRequest&) { return Answer(200, R"({"value":[]})", headers); });
  ServeTenant();
  ASSERT_TRUE(Read());
  EXPECT_EQ(sink_.Finish(kTenant, clock_.Now()).clock_skew, std::nullopt) << "no answer said it";
  headers = {{"Date", "Mon, 05 Jan 2026 07:00:00 GMT"}};
  const auto result = Read();
  ASSERT_TRUE(result && result->ok());
  const auto state = sink_.Finish(kTenant, clock_.Now());
  ASSERT_TRUE(state.clock_skew);
  EXPECT_LT(*state.clock_skew, -std::chrono::minutes(59));
}

TEST_F(GraphProviderTest, ProbeTellsRolesSkewAndOrganisation) {
  SignInWorks();
  transport_.On("/organization", [](const HttpRequest&) {
    return Answer(200, R"({"value":[{"id":"x","displayName":"Contoso"}]})",
                  {{"Date", "Mon, 05 Jan 2026 08:10:00 GMT"}});
  });
  std::optional<Result<GraphProbe>> got;
  provider_->Probe([&](Result<GraphProbe> result) { got = std::move(result); });
  timers_.RunAll();
  ASSERT_TRUE(got && got->ok());
  EXPECT_THAT((*got)->roles, ::testing::ElementsAre("User.Read.All"));
  EXPECT_EQ((*got)->organization, "Contoso");
  EXPECT_GT((*got)->clock_skew, std::chrono::minutes(9));
  EXPECT_FALSE((*got)->graph_error);
}

TEST_F(GraphProviderTest, ProbeTellsHowNearTheLimitIs) {
  SignInWorks();
  HttpHeaders headers;
  transport_.On("/organization", [&](const HttpRequest&) { return Answer(200, "{}", headers); });
  const auto probe = [&](const char* percentage) {
    headers = {{"X-MS-Throttle-Limit-Percentage", percentage},
               {"x-ms-throttle-scope", "Tenant_Application/ReadWrite/a/b"}};
    GraphProbe got;
    provider_->Probe([&](Result<GraphProbe> result) { got = std::move(result).value(); });
    timers_.RunAll();
    return got;
  };
  EXPECT_EQ(probe("0.83").limit_share, 0.83);
  EXPECT_EQ(probe("1.8").limit_scope, "Tenant_Application/ReadWrite/a/b");
  for (const char* odd : {"", "much", "-1", "nan", "1e300", "0"}) {
    EXPECT_EQ(probe(odd).limit_share, std::nullopt) << odd;
  }
}

TEST_F(GraphProviderTest, AnOutlineIsReadWithoutAnybodyInIt) {
  ServeTenant();
  std::optional<Result<void>> got;
  provider_->ReadOutline({.properties = PlanningProperties(), .groups = {"Sales"}, .links = {}},
                         sink_, [&](Result<void> result) { got = std::move(result); });
  timers_.RunAll();
  ASSERT_TRUE(got && got->ok());
  const auto state = sink_.Finish(kTenant, clock_.Now());
  EXPECT_EQ(state.products.size(), 1U);
  EXPECT_EQ(state.FindReference("Sales")->status, GroupReading::Status::kFound);
  EXPECT_EQ(state.users.size(), 0U);
  EXPECT_EQ(transport_.CountTo("/users"), 0U);
  EXPECT_EQ(transport_.CountTo("transitiveMembers"), 0U);
}

TEST_F(GraphProviderTest, ProbeReportsWhatGraphRefused) {
  SignInWorks();
  transport_.On("/organization", [](const HttpRequest&) { return Answer(403, "{}"); });
  std::optional<Result<GraphProbe>> got;
  provider_->Probe([&](Result<GraphProbe> result) { got = std::move(result); });
  timers_.RunAll();
  ASSERT_TRUE(got && got->ok());
  ASSERT_TRUE((*got)->graph_error);
  EXPECT_EQ((*got)->graph_error->kind, ErrorKind::kPermission);
}

}  // namespace
}  // namespace seatkeeper::test
