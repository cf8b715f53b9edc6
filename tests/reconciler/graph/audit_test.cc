#include <gmock/gmock.h>

#include <optional>

#include "reconciler/graph/audit_page.h"
#include "tests/reconciler/graph/provider_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kPlans = "DisabledPlans=[]";

SkuId Sku(int number) { return *SkuId::Parse(Guid(number)); }

// As the service writes what a user held: a list of texts, in a text.
std::string Held(int product, const std::string& plans = kPlans) {
  return R"(\"[SkuName=SPE, AccountId=)" + Guid(90) + ", SkuId=" + Guid(product) + ", " + plans +
         R"(]\")";
}

std::string Assigned(const std::string& before, const std::string& after) {
  return R"({"displayName":"AssignedLicense","oldValue":")" + before + R"(","newValue":")" + after +
         R"("})";
}

const std::string kByAda =
    R"({"app":null,"user":{"id":"x","userPrincipalName":"ada@contoso.com","displayName":"Ada"}})";

struct Entry {
  std::string properties = {};
  std::string by = kByAda;
  std::string activity = "Change user license";
  std::string result = "success";
  std::string at = "2026-11-20T09:12:33.1234567Z";
  std::string target = R"("type":"User","id":")" + Guid(1) + R"(")";
  std::string correlation = {};
};

std::string Json(const Entry& entry) {
  return R"({"correlationId":")" + entry.correlation + R"(","activityDisplayName":")" +
         entry.activity + R"(","activityDateTime":")" + entry.at + R"(","result":")" +
         entry.result + R"(","initiatedBy":)" + entry.by +
         R"(,"targetResources":[{"type":"Other","id":"7"},{)" + entry.target +
         R"(,"modifiedProperties":[)" + entry.properties + "]}]}";
}

std::string Page(const std::string& entries, const std::string& more = {}) {
  return R"({"value":[)" + entries + "]" + more + "}";
}

std::vector<LicenseEvent> EventsOf(const Entry& entry) {
  const auto page = DecodeAuditPage(Page(Json(entry)));
  EXPECT_TRUE(page.ok());
  std::vector<LicenseEvent> events;
  if (page.ok()) {
    for (const auto& each : page->entries) events.push_back(each.event);
  }
  return events;
}

TEST(AuditPages, SayWhoGaveTookAndSwitchedWhat) {
  const auto before = "[" + Held(2) + "," + Held(3) + "]";
  const auto after = "[" + Held(3, "DisabledPlans=[" + Guid(8) + "]") + "," + Held(4) + "]";
  const auto events =
      EventsOf({.properties = R"({"displayName":"TargetId.UserType"},)" + Assigned(before, after)});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].user, *UserId::Parse(Guid(1)));
  EXPECT_EQ(events[0].at, *ParseTime("2026-11-20T09:12:33.123Z"));
  EXPECT_EQ(events[0].actor, Actor::kUser);
  EXPECT_EQ(events[0].name, "ada@contoso.com");
  EXPECT_TRUE(events[0].names_products);
  EXPECT_THAT(events[0].gained, ElementsAre(Sku(4)));
  EXPECT_THAT(events[0].lost, ElementsAre(Sku(2)));
  EXPECT_THAT(events[0].altered, ElementsAre(Sku(3)));
}

TEST(AuditPages, FromNothingAndToNothing) {
  for (const std::string none : {"", "[]"}) {
    const auto given = EventsOf({.properties = Assigned(none, "[" + Held(2) + "]")});
    ASSERT_THAT(given, SizeIs(1));
    EXPECT_THAT(given[0].gained, ElementsAre(Sku(2)));
    const auto taken = EventsOf({.properties = Assigned("[" + Held(2) + "]", none)});
    ASSERT_THAT(taken, SizeIs(1));
    EXPECT_THAT(taken[0].lost, ElementsAre(Sku(2)));
  }
}

TEST(AuditPages, WhatWasCutShortNamesNoProducts) {
  for (const auto& properties :
       {std::string(), Assigned("[" + Held(2), "[]"), Assigned("[]", R"([\"SkuName=SPE\"])"),
        Assigned("[]", R"([\"SkuId=E3\"])"), Assigned("7", "[]"), Assigned("[]", "[7]"),
        std::string(R"({"displayName":"AssignedPlan","oldValue":"[]","newValue":"[]"})")}) {
    const auto events = EventsOf({.properties = properties});
    ASSERT_THAT(events, SizeIs(1)) << properties;
    EXPECT_FALSE(events[0].names_products) << properties;
    EXPECT_THAT(events[0].gained, IsEmpty());
    EXPECT_THAT(events[0].lost, IsEmpty());
  }
}

TEST(AuditPages, TellPeopleFromMachines) {
  const auto actor = [](const std::string& by) {
    const auto events = EventsOf({.by = by});
    return events.empty() ? std::string()
                          : std::string(ToString(events[0].actor)) + " " + events[0].name;
  };
  EXPECT_EQ(actor(R"({"user":null,"app":{"displayName":"HR sync"}})"), "application HR sync");
  EXPECT_EQ(actor(R"({"app":{"displayName":"Microsoft Entra ID Group-Based Licensing"}})"),
            "group-licensing Microsoft Entra ID Group-Based Licensing");
  EXPECT_EQ(actor(R"({"user":{"displayName":"Microsoft Azure AD Group-Based Licensing",)"
                  R"("userPrincipalName":""}})"),
            "group-licensing Microsoft Azure AD Group-Based Licensing");
  EXPECT_EQ(actor(R"({"user":{"userPrincipalName":null,"displayName":null}})"), "unknown ");
  EXPECT_EQ(actor("null"), "unknown ");
}

TEST(AuditPages, LeaveOutWhatIsAboutNobodysLicences) {
  EXPECT_THAT(EventsOf({.activity = "Update user"}), IsEmpty());
  EXPECT_THAT(EventsOf({.activity = "Delete user"}), IsEmpty());
  EXPECT_THAT(EventsOf({.result = "failure"}), IsEmpty()) << "it did not happen";
  EXPECT_THAT(EventsOf({.at = "yesterday"}), IsEmpty());
  EXPECT_THAT(EventsOf({.target = R"("type":"Group","id":")" + Guid(1) + R"(")"}), IsEmpty());
  EXPECT_THAT(EventsOf({.target = R"("type":"User","id":"ada")"}), IsEmpty());
  const auto page = DecodeAuditPage(Page("7,null,{}," + Json({})));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->entries, SizeIs(1)) << "one odd entry hides no other";
}

TEST(AuditPages, AreRefusedWhereTheyAreNone) {
  for (const std::string body :
       {"", "[]", "<html>", "{}", R"({"value":{}})", R"({"value":null})"}) {
    EXPECT_FALSE(DecodeAuditPage(body).ok()) << body;
  }
}

class AuditTest : public ProviderTest {
 protected:
  AuditTest() { SignInWorks(); }

  Result<AuditRead> Read() {
    std::optional<Result<AuditRead>> got;
    provider_->audit()->ReadAudit(*ParseTime("2026-11-13T09:12:33.5Z"),
                                  [&](Result<AuditRead> result) { got = std::move(result); });
    EXPECT_FALSE(got) << "never from inside the call";
    timers_.RunAll();
    EXPECT_TRUE(got) << "no answer";
    return got.value_or(Error{});
  }

  // One entry a page, and always another page behind it.
  void PagesWithoutEnd(int page = 0) {
    transport_.On("/auditLogs", [page](const HttpRequest&) mutable {
      return Answer(200,
                    Page(Json({}), R"(,"@odata.nextLink":"https://graph.test/v1.0/auditLogs/)" +
                                       std::to_string(++page) + R"(")"));
    });
  }
};

TEST_F(AuditTest, AsksForChangesOfLicencesSinceThen) {
  std::string asked;
  transport_.On("/auditLogs/directoryAudits", [&](const HttpRequest& request) {
    asked = request.url;
    return Answer(200, Page(Json({})));
  });
  const auto read = Read();
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->events, SizeIs(1));
  EXPECT_TRUE(read->whole);
  EXPECT_THAT(asked, HasSubstr("activityDisplayName%20eq%20%27Change%20user%20license%27"));
  EXPECT_THAT(asked, HasSubstr("activityDisplayName%20eq%20%27Update%20user%27"));
  EXPECT_THAT(asked, HasSubstr("activityDateTime%20ge%202026-11-13T09%3A12%3A33Z"));
}

TEST_F(AuditTest, TheEntryBesideItSaysWhichProductsAChangeWasAbout) {
  const Entry change{.correlation = "c1"};
  const Entry update{.properties = Assigned("[]", "[" + Held(2) + "]"),
                     .activity = "Update user",
                     .correlation = "c1"};
  const Entry other{.properties = Assigned("[" + Held(2) + "]", "[]"), .correlation = "c2"};
  std::string page;
  transport_.On("/auditLogs", [&](const HttpRequest&) { return Answer(200, Page(page)); });
  for (const auto& entries : {Json(change) + "," + Json(update) + "," + Json(other),
                              Json(other) + "," + Json(update) + "," + Json(change)}) {
    page = entries;
    const auto read = Read();
    ASSERT_TRUE(read.ok()) << read.error().message;
    ASSERT_THAT(read->events, SizeIs(2)) << page;
    EXPECT_THAT(read->events[0].gained, ElementsAre(Sku(2)));
    EXPECT_THAT(read->events[1].lost, ElementsAre(Sku(2)));
  }
}

TEST_F(AuditTest, OfAVeryLongLogTheNewestIsRead) {
  PagesWithoutEnd();
  const auto read = Read();
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->events, SizeIs(20));
  EXPECT_FALSE(read->whole);
}

TEST_F(AuditTest, PagesThatGoRoundInCirclesAreAnError) {
  transport_.On("/auditLogs", [](const HttpRequest&) {
    return Answer(200, Page("", R"(,"@odata.nextLink":"https://graph.test/v1.0/auditLogs/again")"));
  });
  EXPECT_FALSE(Read().ok());
}

TEST_F(AuditTest, WhereItMayNotBeReadThatIsSaid) {
  transport_.On("/auditLogs", [](const HttpRequest&) {
    return Answer(403, R"({"error":{"code":"Authorization_RequestDenied","message":"no"}})");
  });
  const auto read = Read();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kPermission);
  EXPECT_THAT(read.error().message, HasSubstr("who changed licences"));
}

}  // namespace
}  // namespace seatkeeper::test
