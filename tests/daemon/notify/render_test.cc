#include "daemon/notify/render.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "daemon/notify/news_text.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr WallTime kNow{std::chrono::milliseconds(1'767'600'000'500)};  // 2026-01-05T08:00:00.5Z
const std::string kDigest = "sha256:" + std::string(64, 'a');

News Everything() {
  return {.tenant = "contoso",
          .cycle = "00ff",
          .policy_revision = "sha256:1234",
          .at = kNow,
          .planned = true,
          .held = HeldNews{.digest = kDigest,
                           .changes = 12,
                           .sets = {{.guardrail = "maxUnassign",
                                     .product = "E<3>&`x`_*",
                                     .digest = kDigest,
                                     .subjects = 12,
                                     .approvable = true},
                                    {.guardrail = "store-in-doubt",
                                     .product = {},
                                     .digest = kDigest,
                                     .subjects = 1,
                                     .approvable = false}}},
          .applied = AppliedNews{.changes = 1,
                                 .products = {{.product = "SPE_E5", .gained = 1, .lost = 2}}},
          .failed = FailedNews{.error = "tenant unreachable",
                               .status = 503,
                               .code = "ServiceUnavailable",
                               .request_id = "r-1",
                               .request_date = "2026-01-05T08:00:00",
                               .refused = 2,
                               .withdrawn = 0,
                               .ambiguous = 1,
                               .same_as = "x"},
          .shortage = ShortageNews{.products = {{.product = "VISIO",
                                                 .short_by = 3,
                                                 .spare_missing = 1,
                                                 .purchased = 10,
                                                 .assigned = 10}}},
          .policy_error = PolicyErrorNews{
              .errors = 1, .in_force = "sha256:1234", .findings = {{"p.yaml:3:4", "unknown-key"}}}};
}

TEST(NotifyRender, AWebhookGetsWhatTheReadmeLists) {
  const auto body = json::parse(WebhookBody(Everything(), "d1"));
  EXPECT_EQ(body["apiVersion"], "seatkeeper/v1");
  EXPECT_EQ(body["kind"], "Notification");
  EXPECT_EQ(body["id"], "d1");
  EXPECT_EQ(body["tenant"], "contoso");
  EXPECT_EQ(body["cycle"], "00ff");
  EXPECT_EQ(body["policyRevision"], "sha256:1234");
  EXPECT_EQ(body["events"], json::array({"held", "applied", "failed", "shortage", "policy-error"}));
  EXPECT_EQ(body["held"]["changes"], 12);
  EXPECT_EQ(body["held"]["sets"][0],
            json::parse(R"({"guardrail":"maxUnassign","product":"E<3>&`x`_*","digest":")" +
                        kDigest + R"(","subjects":12,"approvable":true})"));
  EXPECT_EQ(body["held"]["sets"][1]["product"], nullptr);
  EXPECT_EQ(
      body["applied"],
      json::parse(
          R"({"changes":1,"products":[{"product":"SPE_E5","gained":1,"lost":2,"switched":0}]})"));
  EXPECT_EQ(body["failed"],
            json::parse(R"({"error":"tenant unreachable","status":503,"code":"ServiceUnavailable",)"
                        R"("requestId":"r-1","requestDate":"2026-01-05T08:00:00",)"
                        R"("refused":2,"withdrawn":0,"ambiguous":1})"));
  EXPECT_EQ(body["shortage"],
            json::parse(R"({"products":[{"product":"VISIO","short":3,"spareMissing":1,)"
                        R"("purchased":10,"assigned":10}]})"));
  EXPECT_EQ(body["policyError"],
            json::parse(R"({"errors":1,"findings":[{"at":"p.yaml:3:4","code":"unknown-key"}]})"));
  const auto nothing = json::parse(WebhookBody(News(), "d2"));
  EXPECT_EQ(nothing["tenant"], nullptr);
  EXPECT_FALSE(nothing.contains("held"));
}

TEST(NotifyRender, AWebhookIsSigned) {
  const NotifyTarget target{
      .name = "w", .type = NotifyType::kWebhook, .ca_file = "ca.pem", .kinds = {}, .tenants = {}};
  const auto request =
      NotifyRequest(target, Everything(), "d1", "https://hooks.example/x", "key", kNow);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://hooks.example/x");
  EXPECT_EQ(request.ca_file, "ca.pem");
  EXPECT_EQ(*FindHeader(request.headers, "content-type"), "application/json");
  EXPECT_EQ(*FindHeader(request.headers, "X-Seatkeeper-Timestamp"), "1767600000");
  EXPECT_EQ(*FindHeader(request.headers, "X-Seatkeeper-Signature"),
            "sha256=" + HmacSha256("key", "1767600000." + request.body));
}

// RFC 4231, test cases 1, 2 and 6.
TEST(NotifyRender, SignsAsTheStandardSays) {
  EXPECT_EQ(HmacSha256(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HmacSha256("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HmacSha256(std::string(131, '\xaa'),
                       "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(NotifyRender, SlackGetsBlocksInWhichDataStaysText) {
  const auto body = json::parse(SlackBody(Everything()));
  EXPECT_THAT(body["text"].get<std::string>(), StartsWith("contoso: 12 changes held, "));
  const auto& blocks = body["blocks"];
  ASSERT_EQ(blocks.size(), 7U);
  EXPECT_EQ(blocks[0]["type"], "header");
  EXPECT_EQ(blocks[0]["text"]["type"], "plain_text");
  EXPECT_EQ(blocks[1]["type"], "section");
  EXPECT_EQ(blocks[1]["text"]["type"], "mrkdwn");
  const auto held = blocks[1]["text"]["text"].get<std::string>();
  EXPECT_THAT(held, HasSubstr("Held: 12 changes\n"));
  EXPECT_THAT(held, HasSubstr("• `maxUnassign`, `E&lt;3&gt;&amp;'x'_*`: 12 users or groups, "
                              "`sha256:aaaaaaaaaaaa`"));
  EXPECT_THAT(held, HasSubstr("• `store-in-doubt`: 1 user or group, no approval releases it"));
  EXPECT_THAT(held, HasSubstr("`seatkeeper approve sha256:aaaaaaaaaaaa --reason TEXT`"));
  EXPECT_EQ(blocks[6]["type"], "context");
}

TEST(NotifyRender, NoSlackSectionIsTooLong) {
  auto news = Everything();
  for (int i = 0; i < 30; ++i) {
    news.held->sets.push_back({.guardrail = std::string(500, '&'),
                               .product = std::string(500, '<'),
                               .digest = kDigest,
                               .subjects = 1,
                               .approvable = true});
  }
  const auto body = json::parse(SlackBody(news));
  for (const auto& block : body["blocks"]) {
    if (block["type"] == "section") {
      EXPECT_LE(block["text"]["text"].get<std::string>().size(), 3000U);
    }
  }
}

TEST(NotifyRender, TeamsGetsACardInItsEnvelope) {
  const auto body = json::parse(TeamsBody(Everything()));
  EXPECT_EQ(body["type"], "message");
  const auto& attachment = body["attachments"][0];
  EXPECT_EQ(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
  EXPECT_EQ(attachment["contentUrl"], nullptr);
  const auto& card = attachment["content"];
  EXPECT_EQ(card["type"], "AdaptiveCard");
  EXPECT_EQ(card["version"], "1.4");
  std::string all;
  for (const auto& block : card["body"]) {
    EXPECT_EQ(block["type"], "TextBlock");
    EXPECT_EQ(block["wrap"], true);
    all += block["text"].get<std::string>() + "\n";
  }
  EXPECT_THAT(all, HasSubstr("E\\<3\\>\\&\\`x\\`\\_\\*: 12 users or groups"));
  EXPECT_THAT(all, HasSubstr("SPE\\_E5: 1 gained, 2 lost"));
  EXPECT_THAT(all, HasSubstr("Failed: the cycle, tenant unreachable (status 503)"));
  EXPECT_THAT(all, HasSubstr("changes: 2 refused, 1 ambiguous"));
  EXPECT_THAT(all, HasSubstr("VISIO: 3 short, 1 of the agreed spare missing; 10 of 10 in use"));
  EXPECT_THAT(all, HasSubstr("The newest policy does not load: 1 error\n"));
}

TEST(NotifyRender, ListsAreAsLongAsAnybodyReads) {
  auto news = Everything();
  news.shortage->products.assign(25, news.shortage->products.front());
  const auto sections = SectionsOf(news, [](std::string_view text) { return std::string(text); });
  const auto& lines = sections[3].lines;
  ASSERT_EQ(lines.size(), kMostLines + 1);
  EXPECT_EQ(lines.back(), "and 15 more");
  EXPECT_EQ(ShortData(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(ShortData(std::string(61, 'x')).size(), 57U);
  std::string accents;
  for (int i = 0; i < 40; ++i) accents += "\xc3\xa9";
  const auto cut = ShortData("a" + accents);
  EXPECT_TRUE(IsUtf8(cut)) << "never inside a character";
  EXPECT_LE(cut.size(), 60U);
}

TEST(NotifyRender, GoesToHttpsOrThisMachineAlone) {
  for (const auto* good : {"https://hooks.example/services/T/B/x?a=b", "https://hooks.example",
                           "HTTPS://hooks.example:8443/x", "http://127.0.0.1:1/x",
                           "http://[::1]:8080/", "http://localhost/x"}) {
    EXPECT_EQ(WhyNotSendTo(good), "") << good;
  }
  for (const auto* bad : {"http://hooks.example/x", "hooks.example", "", "ftp://hooks.example/",
                          "https://", "https://user@hooks.example/", "https://a b/",
                          "https://hooks.example/a b", "https://hooks.example/\n"}) {
    const auto why = WhyNotSendTo(bad);
    EXPECT_THAT(why, StartsWith("the address is not one of https")) << bad;
    EXPECT_THAT(why, Not(HasSubstr("hooks.example")));
  }
}

}  // namespace
}  // namespace seatkeeper
