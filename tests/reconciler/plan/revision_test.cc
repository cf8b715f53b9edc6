#include "reconciler/plan/revision.h"

#include <gtest/gtest.h>

#include "reconciler/plan/revision_limits.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Limits;
using test::Manages;

RevisionSummary SummaryOf(const std::vector<std::string>& documents) {
  test::TestTenant tenant;
  tenant.products = {{.name = "E5"}, {.name = "E3"}};
  const auto observed = tenant.Read();
  return SummarizeRevision(test::Policies(documents), "contoso", "r", observed, {});
}

// What a change from one set of documents to another loosens, a line each.
std::string Loosens(const std::vector<std::string>& before, const std::vector<std::string>& after,
                    std::string_view now = "2026-12-01T00:00:00Z") {
  const auto from = SummaryOf(before);
  const auto to = SummaryOf(after);
  auto all = LoosenedLimits(from.limits, to.limits, *ParseTime(now));
  for (const auto& [product, care] : to.care) {
    const auto found = from.care.find(product);
    const auto of_product =
        LoosenedCare(found == from.care.end() ? ProductCare() : found->second, care);
    all.insert(all.end(), of_product.begin(), of_product.end());
  }
  std::string text;
  for (const auto& each : all) {
    if (!text.empty()) text += "\n";
    text += each.what + ": " + each.from + " -> " + each.to;
  }
  return text;
}

TEST(RevisionSummary, NamesTheDocumentsThatPeopleHoldProductsThrough) {
  const auto summary =
      SummaryOf({Grants("p", "{users: [a@contoso.com]}", "[{product: E5}, {product: e3}]"),
                 Manages("E5", "full", "{after: 36h}")});
  ASSERT_EQ(summary.documents.size(), 1U);
  EXPECT_EQ(summary.documents[0].kind, "LicensePolicy");
  EXPECT_EQ(summary.documents[0].name, "p");
  EXPECT_EQ(summary.documents[0].products, (std::vector{IdOf<SkuId>("E3"), IdOf<SkuId>("E5")}));
  EXPECT_EQ(summary.names.at("e5").product, IdOf<SkuId>("E5"));
  EXPECT_EQ(summary.care.at(IdOf<SkuId>("E5")).after, hours(36));
}

TEST(RevisionSummary, ContentIsWhatADocumentSaysWhateverItsNameAndPlace) {
  const auto content = [](const std::string& document) {
    return SummaryOf({"# a comment\n" + document, Manages("E5", "full")}).documents[0].content;
  };
  const auto plain = Grants("p", "{users: [a@contoso.com, b@contoso.com]}", "[{product: E5}]");
  EXPECT_EQ(content(plain), SummaryOf({plain}).documents[0].content);
  EXPECT_EQ(content(Grants("q", "{users: [b@contoso.com, A@contoso.com]}", "[{product: e5}]")),
            content(plain));
  for (const auto& other :
       {Grants("p", "{users: [a@contoso.com]}", "[{product: E5}]"),
        Grants("p", "{groups: [a@contoso.com, b@contoso.com]}", "[{product: E5}]"),
        Grants("p", "{users: [a@contoso.com, b@contoso.com]}", "[{product: E3}]"),
        Grants("p", "{users: [a@contoso.com, b@contoso.com]}", "[{product: E5}]", 3),
        plain + "  expires: 2027-03-31\n"}) {
    EXPECT_NE(content(other), content(plain)) << other;
  }
}

TEST(RevisionSummary, KnowsOnlyWhatSpeaksToTheTenant) {
  auto policies = test::Policies({Guards("g", "mailboxLoss: allow")});
  policies.guardrails[0].tenants = {{.value = "fabrikam", .at = {}}};
  const auto observed = test::TestTenant().Read();
  EXPECT_EQ(SummarizeRevision(policies, "contoso", "r", observed, {}).limits.mailbox_loss,
            MailboxLoss::kApprove);
  EXPECT_EQ(SummarizeRevision(policies, "fabrikam", "r", observed, {}).limits.mailbox_loss,
            MailboxLoss::kAllow);
}

TEST(LoosenedLimits, MoreRemovalsThanBefore) {
  EXPECT_EQ(Loosens({Limits("a", "{seats: 5}")}, {Limits("a", "{seats: 6}")}),
            "maxUnassign: {seats: 5} -> {seats: 6}");
  EXPECT_EQ(Loosens({Limits("a", "{seats: 5, percent: 1}")}, {Limits("a", "{seats: 5}")}),
            "maxUnassign: {seats: 5, percent: 1} -> {seats: 5}");
  EXPECT_EQ(Loosens({}, {Limits("a", "off")}), "maxUnassign: {seats: 25, percent: 5} -> off");
  EXPECT_EQ(Loosens({Limits("a", "{seats: 1}")}, {}),
            "maxUnassign: {seats: 1} -> {seats: 25, percent: 5}")
      << "the strictest document went";
  EXPECT_EQ(Loosens({Limits("a", "{seats: 5}")}, {Limits("b", "{seats: 5, percent: 2}")}), "");
  EXPECT_EQ(Loosens({Limits("a", "{seats: 5}")}, {Limits("a", "{seats: 5}"), Limits("b", "off")}),
            "")
      << "the strictest document stays";
}

TEST(LoosenedLimits, MoreAdditionsOrChangesThanBefore) {
  const auto assign = [](const std::string& limit) { return Guards("a", "maxAssign: " + limit); };
  EXPECT_EQ(Loosens({assign("{seats: 5}")}, {assign("{seats: 5, percent: 1}")}),
            "maxAssign: {seats: 5} -> {seats: 5, percent: 1}");
  EXPECT_EQ(Loosens({assign("{seats: 5}")}, {assign("off")}), "maxAssign: {seats: 5} -> off");
  EXPECT_EQ(Loosens({assign("{seats: 5, percent: 1}")}, {assign("{percent: 1}")}), "");
  EXPECT_EQ(Loosens({assign("off")}, {assign("{seats: 9}")}), "");
  EXPECT_EQ(Loosens({}, {Guards("a", "maxChanges: 1001")}), "maxChanges: 1000 -> 1001");
  EXPECT_EQ(Loosens({Guards("a", "maxChanges: 10")}, {Guards("a", "maxChanges: off")}),
            "maxChanges: 10 -> off");
  EXPECT_EQ(Loosens({Guards("a", "maxChanges: off")}, {}), "");
}

TEST(LoosenedLimits, FewerPeopleAndMailboxesAreSafe) {
  EXPECT_EQ(Loosens({Guards("a", "protected: {users: [ceo@contoso.com], groups: [Board]}")},
                    {Guards("a", "protected: {users: [CEO@contoso.com]}")}),
            "protected: group board, user ceo@contoso.com -> user ceo@contoso.com");
  EXPECT_EQ(Loosens({Guards("a", "protected: {users: [a@contoso.com]}")},
                    {Guards("b", "protected: {users: [b@contoso.com, a@contoso.com]}")}),
            "");
  EXPECT_EQ(Loosens({}, {Guards("a", "mailboxLoss: allow")}), "mailboxLoss: approve -> allow");
  EXPECT_EQ(Loosens({Guards("a", "mailboxLoss: deny")}, {}), "mailboxLoss: deny -> approve");
  EXPECT_EQ(Loosens({}, {Guards("a", "mailboxLoss: deny")}), "");
}

TEST(LoosenedLimits, WiderWindowsAndFewerFreezes) {
  const std::string monday =
      "{days: [mon], from: \"09:00\", to: \"17:00\", timezone: Europe/Paris}";
  const std::string friday =
      "{days: [fri], from: \"09:00\", to: \"17:00\", timezone: Europe/Paris}";
  const auto windows = [](const std::string& list) {
    return Guards("a", "windows: [" + list + "]");
  };
  EXPECT_EQ(Loosens({windows(monday)}, {windows(monday + ", " + friday)}),
            "windows: narrower -> wider, or gone");
  EXPECT_EQ(Loosens({windows(monday)}, {windows(friday)}), "windows: narrower -> wider, or gone");
  EXPECT_EQ(Loosens({windows(monday)}, {}), "windows: narrower -> wider, or gone");
  EXPECT_EQ(Loosens({windows(monday + ", " + friday)}, {windows(friday)}), "");
  EXPECT_EQ(Loosens({}, {windows(monday)}), "");

  const auto freeze = [](const std::string& days) {
    return Guards("a", "freezes: [{" + days + ", reason: year end}]");
  };
  const auto holidays = freeze("from: 2026-12-20, to: 2027-01-03");
  EXPECT_EQ(Loosens({holidays}, {}),
            "freezes: with 2026-12-20 to 2027-01-03 -> without 2026-12-20 to 2027-01-03");
  EXPECT_EQ(Loosens({holidays}, {freeze("from: 2026-12-20, to: 2027-01-02")}),
            "freezes: with 2026-12-20 to 2027-01-03 -> without 2026-12-20 to 2027-01-03");
  EXPECT_EQ(Loosens({holidays}, {freeze("from: 2026-12-19, to: 2027-01-03")}), "");
  EXPECT_EQ(Loosens({holidays}, {}, "2027-01-03T23:59:59Z"),
            "freezes: with 2026-12-20 to 2027-01-03 -> without 2026-12-20 to 2027-01-03");
  EXPECT_EQ(Loosens({holidays}, {}, "2027-01-04T00:00:00Z"), "") << "it is over";
}

TEST(LoosenedCare, ManagementThatLetsMoreGoAndShorterWaiting) {
  EXPECT_EQ(Loosens({}, {Manages("E5", "full", "{after: 7d}")}), "management: assign-only -> full");
  EXPECT_EQ(
      Loosens({Manages("E5", "owned", "{after: 7d}")}, {Manages("E5", "full", "{after: 7d}")}),
      "management: owned -> full");
  EXPECT_EQ(Loosens({Manages("E5", "full", "{after: 7d, confirmations: 3}")},
                    {Manages("E5", "full", "{after: 36h, confirmations: 2}")}),
            "unassign.after: 7 days -> 36 hours\nunassign.confirmations: 3 -> 2");
  EXPECT_EQ(Loosens({Manages("E5", "full", "{after: 7d}")},
                    {Manages("E5", "full", "{after: 7d, removeRedundantDirect: true}")}),
            "unassign.removeRedundantDirect: false -> true");
}

TEST(LoosenedCare, NothingWhereNothingMayGo) {
  EXPECT_EQ(Loosens({Manages("E5", "full")}, {Manages("E5", "assign-only")}), "");
  EXPECT_EQ(Loosens({Manages("E5", "full", "{after: 7d}")}, {Manages("E5", "observe")}), "");
  EXPECT_EQ(Loosens({Manages("E5", "full")}, {}), "");
}

}  // namespace
}  // namespace seatkeeper
