#include "daemon/history_text.h"

#include <gmock/gmock.h>

#include <chrono>

#include "policy/products.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr WallTime kNow{std::chrono::milliseconds(1'767'600'000'000)};  // 2026-01-05T08:00:00Z

HistoryEntry Sample() {
  HistoryEntry sample;
  sample.tenant = {.tenant_id = "t-1", .cloud = "global"};
  auto& entry = sample.entry;
  entry.id = "0001-c1";
  entry.plan_id = "0001";
  entry.user_principal_name = "=cmd@contoso.com";
  entry.add = {{.product = ProductCatalog().FindProduct("SPE_E5")->id, .disabled_plans = {}}};
  entry.remove = {ProductCatalog().FindProduct("SPE_E3")->id};
  entry.reason = "granted";
  entry.policy = "engineering";
  entry.policy_position = "p.yaml:3:1";
  entry.policy_revision = "sha256:abc";
  entry.state = ChangeState::kRefused;
  entry.intended_at = kNow;
  entry.message = "says \"no\", twice";
  return sample;
}

std::string Name(const TenantKey& key) { return key.tenant_id == "t-1" ? "contoso" : "?"; }

TEST(History, UnderstandsSpansDaysAndTimes) {
  EXPECT_EQ(ParseSince("24h", kNow), kNow - std::chrono::hours(24));
  EXPECT_EQ(ParseSince("7d", kNow), kNow - std::chrono::hours(7 * 24));
  EXPECT_EQ(ParseSince("2026-01-05", kNow), kNow - std::chrono::hours(8));
  EXPECT_EQ(ParseSince("2026-01-05T07:00:00Z", kNow), kNow - std::chrono::hours(1));
  for (const auto* wrong : {"", "yesterday", "2026-13-05", "05.01.2026", "7"}) {
    EXPECT_EQ(ParseSince(wrong, kNow), std::nullopt) << wrong;
  }
}

TEST(History, TextSaysWhoWhatWhyAndWhen) {
  const auto text = RenderHistoryText({Sample()}, Name, {});
  EXPECT_THAT(text, StartsWith("2026-01-05T08:00:00Z contoso =cmd@contoso.com +SPE_E5 -SPE_E3 "
                               "refused\n"));
  EXPECT_THAT(text, HasSubstr("granted by engineering (p.yaml:3:1), policy sha256:abc"));
}

TEST(History, TellsTheUsageLocationThatWasSet) {
  auto sample = Sample();
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}), HasSubstr(R"("usageLocation":null)"));
  sample.entry.usage_location = "FR";
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}),
              HasSubstr(" +SPE_E5 -SPE_E3 usageLocation:FR refused\n"));
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}), HasSubstr(R"("usageLocation":"FR")"));
  EXPECT_THAT(RenderHistoryCsv({sample}, Name, {}),
              HasSubstr("'+SPE_E5 -SPE_E3 usageLocation:FR,"));
}

TEST(History, TellsWhatGroupsWereToGive) {
  auto sample = Sample();
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}), Not(HasSubstr("reprocess")));
  sample.entry.reason = "reprocessed";
  sample.entry.remove.clear();
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}), HasSubstr(" reprocess:SPE_E5 refused\n"));
  EXPECT_THAT(RenderHistoryCsv({sample}, Name, {}), HasSubstr(",reprocess:SPE_E5,refused,"));
  const auto json = RenderHistoryJson({sample}, Name, {});
  EXPECT_THAT(json, HasSubstr(R"("reprocess":[{"skuId":)"));
  EXPECT_THAT(json, HasSubstr(R"("add":[],)")) << "nothing was assigned to the user directly";
}

TEST(History, NamesAGroupThatWasLicensed) {
  auto sample = Sample();
  sample.entry.user_principal_name.clear();
  sample.entry.group = LicensedGroup{.id = *GroupId::Parse("00000000-0000-0000-0000-000000000009"),
                                     .display_name = "=All\x1b Engineers",
                                     .members = 12};
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}),
              HasSubstr(" contoso group `=All? Engineers` of 12 +SPE_E5 -SPE_E3 refused\n"));
  const auto json = RenderHistoryJson({sample}, Name, {});
  EXPECT_THAT(json, HasSubstr(R"("group":{"id":"00000000-0000-0000-0000-000000000009",)"
                              R"("displayName":"=All\u001b Engineers","members":12})"));
  EXPECT_THAT(json, Not(HasSubstr("\"user\"")));
  EXPECT_THAT(RenderHistoryCsv({sample}, Name, {}),
              HasSubstr(",contoso,,,'=All\x1b Engineers,00000000-0000-0000-0000-000000000009,"));
  EXPECT_THAT(RenderHistoryJson({Sample()}, Name, {}), Not(HasSubstr("\"group\"")));
}

TEST(History, NamesTheRequestForTheServicesSupport) {
  auto sample = Sample();
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}), Not(HasSubstr("request id")));
  sample.entry.service.request_id = "r-7\x1b";
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}), HasSubstr("\n    request id r-7?\n"));
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}), HasSubstr(R"("requestId":"r-7\u001b")"));
  EXPECT_THAT(RenderHistoryCsv({sample}, Name, {}), HasSubstr(",r-7\x1b,"));
}

TEST(History, TellsTheServicesTimeOfTheErrorWhereItSaidOne) {
  auto sample = Sample();
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}), HasSubstr(R"("requestDate":"")"));
  sample.entry.service.request_id = "r-7";
  sample.entry.service.request_date = "2026-01-05T08:00:00";
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}),
              HasSubstr("\n    request id r-7, 2026-01-05T08:00:00\n"));
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}),
              HasSubstr(R"("requestId":"r-7","requestDate":"2026-01-05T08:00:00")"));
  EXPECT_THAT(RenderHistoryCsv({sample}, Name, {}), HasSubstr(",r-7,"));
}

TEST(History, SaysWhoIsTheSamePersonUnderAnotherName) {
  const auto before = Sample();
  auto after = Sample();
  after.entry.user_principal_name = "married@contoso.com";
  auto other = Sample();
  other.entry.user = *UserId::Parse("00000000-0000-0000-0000-000000000002");
  other.entry.user_principal_name = "other@contoso.com";
  const auto text = RenderHistoryText({after, before, other}, Name, {});
  EXPECT_THAT(text, HasSubstr("    object id 00000000-0000-0000-0000-000000000000, also as "
                              "=cmd@contoso.com\n"));
  EXPECT_THAT(text, HasSubstr(", also as married@contoso.com\n"));
  EXPECT_THAT(text, Not(HasSubstr("00000000-0000-0000-0000-000000000002")));
  EXPECT_THAT(RenderHistoryText({before, before}, Name, {}), Not(HasSubstr("object id")));
}

TEST(History, NamesEachApprovalOnce) {
  auto sample = Sample();
  ApprovedBy by{.approval = "command 7",
                .digest = "sha256:0123456789abcdef",
                .who = "ada@laptop",
                .reason = "they left\x1b"};
  sample.entry.approved = {by, by};
  EXPECT_THAT(RenderHistoryText({sample}, Name, {}),
              HasSubstr("    approved by ada@laptop: they left? (sha256:0123456789ab)\n"));
  EXPECT_THAT(RenderHistoryJson({sample}, Name, {}),
              HasSubstr(R"("approved":[{"approval":"command 7","digest":"sha256:0123456789abcdef",)"
                        R"("who":"ada@laptop","reason":"they left\u001b"}])"));
  EXPECT_THAT(RenderHistoryCsv({sample}, Name, {}), HasSubstr("twice\",ada@laptop\r\n"));
  EXPECT_THAT(RenderHistoryJson({Sample()}, Name, {}), HasSubstr(R"("approved":[])"));
}

TEST(History, JsonIsOneArray) {
  const auto json = RenderHistoryJson({Sample(), Sample()}, Name, {});
  EXPECT_THAT(json, StartsWith("[\n{\"id\":\"0001-c1\",\"tenant\":\"contoso\""));
  EXPECT_THAT(json, HasSubstr("},\n{"));
  EXPECT_THAT(json, HasSubstr(R"("answeredAt":null)"));
  EXPECT_EQ(RenderHistoryJson({}, Name, {}), "[\n]\n");
}

TEST(History, WhatWasAdoptedStandsAmongTheChangesByTime) {
  auto older = Sample();
  older.entry.id = "0000-c1";
  older.entry.intended_at = kNow - std::chrono::hours(2);
  const AdoptionEntry adopted{
      .tenant = Sample().tenant,
      .adoption = "00ad",
      .who = "eve\x1b@ops",
      .at = kNow - std::chrono::hours(1),
      .adopted = {.user = *UserId::Parse("00000000-0000-0000-0000-000000000003"),
                  .user_principal_name = "ada@contoso.com",
                  .products = {ProductCatalog().FindProduct("SPE_E5")->id}}};
  const auto text = RenderHistoryText({Sample(), older}, Name, {}, {adopted});
  EXPECT_THAT(text, HasSubstr("\n2026-01-05T07:00:00Z contoso ada@contoso.com =SPE_E5 adopted\n"
                              "    by eve?@ops with `import --adopt`, adoption 00ad\n"
                              "2026-01-05T06:00:00Z "));
  const auto json = RenderHistoryJson({Sample(), older}, Name, {}, {adopted});
  const auto at = json.find(R"("id":"00ad/00000000-0000-0000-0000-000000000003")");
  EXPECT_LT(json.find(R"("id":"0001-c1")"), at);
  EXPECT_GT(json.find(R"("id":"0000-c1")"), at);
  EXPECT_THAT(json, HasSubstr(R"("partNumber":"SPE_E5"}],"state":"adopted",)"
                              R"("intendedAt":"2026-01-05T07:00:00Z","reason":"adopted",)"
                              R"("who":"eve\u001b@ops"})"));
  const auto csv = RenderHistoryCsv({}, Name, {}, {adopted});
  EXPECT_THAT(csv, HasSubstr("\r\n2026-01-05T07:00:00Z,contoso,ada@contoso.com,"
                             "00000000-0000-0000-0000-000000000003,,,'=SPE_E5,adopted,adopted,"
                             ",,,,,by eve\x1b@ops,\r\n"));
}

TEST(History, CsvQuotesAndDefusesFormulas) {
  const auto csv = RenderHistoryCsv({Sample()}, Name, {});
  EXPECT_THAT(csv, StartsWith("time,tenant,user,"));
  EXPECT_THAT(csv, HasSubstr(",'=cmd@contoso.com,"));
  EXPECT_THAT(csv, HasSubstr(",'+SPE_E5 -SPE_E3,refused,"));
  EXPECT_THAT(csv, HasSubstr(R"("says ""no"", twice")"));
}

}  // namespace
}  // namespace seatkeeper
