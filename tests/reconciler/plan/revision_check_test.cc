#include "reconciler/plan/revision_check.h"

#include <gtest/gtest.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Guards;
using test::IdOf;
using test::Manages;

const WallTime kNow = *ParseTime("2026-12-01T00:00:00Z");
const std::string kAda = "{users: [ada@contoso.com]}";

RevisionSummary SummaryOf(const std::vector<std::string>& documents, const std::string& revision,
                          const test::TestTenant& tenant) {
  const auto observed = tenant.Read();
  return SummarizeRevision(test::Policies(documents), "contoso", revision, observed, {});
}

test::TestTenant Tenant() {
  test::TestTenant tenant;
  tenant.products = {{.name = "E5"}, {.name = "E3"}};
  return tenant;
}

struct Case {
  std::vector<std::string> before;
  std::vector<std::string> after;
  std::map<SkuId, int> losing = {};
  Descent descent = Descent::kUnknown;
};

std::vector<HeldBy> Findings(const Case& given) {
  return CompareRevisions(SummaryOf(given.before, "sha256:0000accepted00", Tenant()),
                          SummaryOf(given.after, "sha256:1111newest1111", Tenant()),
                          {.descent = given.descent,
                           .losing = given.losing,
                           .product_names = {{IdOf<SkuId>("E5"), "E5"}, {IdOf<SkuId>("E3"), "E3"}},
                           .now = kNow});
}

std::string Values(const std::vector<HeldBy>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    if (!text.empty()) text += "\n";
    text += (finding.product ? test::NameOf(finding.product->guid) : "all") + ": " + finding.value;
  }
  return text;
}

std::map<SkuId, int> Losing(const std::string& product, int users) {
  return {{IdOf<SkuId>(product), users}};
}

TEST(SuspiciousRevision, DropsADocumentThatPeopleHoldAProductThrough) {
  const auto findings = Findings({.before = {Grants("engineering", kAda, "[{product: E5}]"),
                                             Grants("staff", kAda, "[{product: E3}]")},
                                  .after = {Grants("staff", kAda, "[{product: E3}]")},
                                  .losing = Losing("E5", 12)});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].guardrail, "suspicious-revision");
  EXPECT_EQ(findings[0].value,
            "LicensePolicy engineering is gone (it stood at engineering.yaml:3:18), and 12 users "
            "would lose "
            "E5, or something of it");
  EXPECT_EQ(findings[0].limit, "no document goes while people hold products through it");
  EXPECT_EQ(findings[0].release,
            "bring engineering back, or keep for them in another document what it gave them");
  EXPECT_EQ(findings[0].product, IdOf<SkuId>("E5"));
}

TEST(SuspiciousRevision, DropsALadder) {
  const std::string ladder =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3]}\n";
  EXPECT_EQ(
      Values(Findings({.before = {ladder}, .after = {}, .losing = Losing("E3", 1)})),
      "E3: ProductLadder suites is gone (it stood at suites.yaml:3:18), and 1 user would lose E3, "
      "or something of it");
}

TEST(SuspiciousRevision, ADocumentThatNobodyHoldsAnythingThroughMayGo) {
  EXPECT_EQ(Values(Findings({.before = {Grants("p", kAda, "[{product: E5}]")},
                             .after = {},
                             .losing = Losing("E3", 4)})),
            "");
}

TEST(SuspiciousRevision, ADocumentMayHaveAnotherName) {
  EXPECT_EQ(Values(Findings({.before = {Grants("p", kAda, "[{product: E5}]")},
                             .after = {Grants("q", kAda, "[{product: E5}]")},
                             .losing = Losing("E5", 4)})),
            "");
  EXPECT_NE(Values(Findings({.before = {Grants("p", kAda, "[{product: E5}]")},
                             .after = {Grants("q", "{users: [x@contoso.com]}", "[{product: E5}]")},
                             .losing = Losing("E5", 4)})),
            "")
      << "another name and something else said";
}

TEST(SuspiciousRevision, WhatHasExpiredMayGo) {
  const auto dropped = [](const std::string& day) {
    return Values(Findings({.before = {Grants("p", kAda, "[{product: E5}]") + "  expires: " + day,
                                       Manages("E5", "full")},
                            .after = {Manages("E5", "full")},
                            .losing = Losing("E5", 4)}));
  };
  EXPECT_EQ(dropped("2026-11-30"), "");
  EXPECT_NE(dropped("2026-12-01"), "");
}

TEST(SuspiciousRevision, ANameThatMeansAnotherProduct) {
  auto before = SummaryOf({Grants("p", kAda, "[{product: E5}]")}, "r1", Tenant());
  const auto after = SummaryOf({Grants("p", kAda, "[{product: E5}]")}, "r2", Tenant());
  before.names.at("e5").product = IdOf<SkuId>("E3");
  const RevisionFacts facts{.losing = {},
                            .product_names = {{IdOf<SkuId>("E5"), "E5"}, {IdOf<SkuId>("E3"), "E3"}},
                            .now = kNow};
  const auto findings = CompareRevisions(before, after, facts);
  const auto said = "`E5` (p.yaml:7:24) means E5 (" + IdOf<SkuId>("E5").ToString() + ") now";
  EXPECT_EQ(Values(findings), "E3: " + said + "\nE5: " + said);
  EXPECT_EQ(findings.at(0).limit, "it meant E3 (" + IdOf<SkuId>("E3").ToString() + ")");
}

TEST(SuspiciousRevision, LoosensAGuardrail) {
  const auto findings = Findings({.before = {Guards("limits", "maxUnassign: {seats: 5}")},
                                  .after = {Guards("limits", "maxUnassign: off")}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(Values(findings), "all: maxUnassign: now off (limits.yaml:3:18)");
  EXPECT_EQ(findings[0].limit, "{seats: 5} in the accepted revision, sha256:0000accepted");
  EXPECT_EQ(
      Values(Findings({.before = {Guards("limits", "maxUnassign: {seats: 5}")}, .after = {}})),
      "all: maxUnassign: now {seats: 25, percent: 5}");
}

TEST(SuspiciousRevision, LetsMoreOfOneProductGo) {
  EXPECT_EQ(
      Values(Findings({.before = {Manages("E3", "full")},
                       .after = {Manages("E3", "full"), Manages("E5", "full", "{after: 7d}")}})),
      "E5: management of E5: now full (manages E5.yaml:3:18)");
}

TEST(SuspiciousRevision, DoesNotComeAfterTheAcceptedOne) {
  const auto said = [](Descent descent) {
    return Values(Findings({.before = {}, .after = {}, .descent = descent}));
  };
  EXPECT_EQ(said(Descent::kNo),
            "all: sha256:1111newest11 does not come after the accepted revision");
  EXPECT_EQ(said(Descent::kYes), "");
  EXPECT_EQ(said(Descent::kUnknown), "") << "a folder has no history";
}

TEST(SuspiciousRevision, HarmlessEditsAreNot) {
  const auto policy = Grants("p", kAda, "[{product: E5}]");
  const auto limits = Guards("limits", "maxUnassign: {seats: 5}");
  const std::vector<std::vector<std::string>> edits = {
      {policy, limits},
      {limits, policy},
      {"# a comment\n" + policy, limits},
      {policy + "---\n" + limits},
      {policy, limits, Grants("q", kAda, "[{product: E3}]")},
      {Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]"), limits},
      {policy, Guards("limits", "maxUnassign: {seats: 4}")},
      {policy, limits, Guards("more", "mailboxLoss: deny")},
      {policy, limits, Manages("E5", "assign-only")},
  };
  for (const auto& edit : edits) {
    EXPECT_EQ(
        Values(Findings({.before = {policy, limits}, .after = edit, .losing = Losing("E5", 3)})),
        "")
        << edit[0];
  }
}

TEST(SuspiciousRevision, HoldsItsProductOrAllOfThem) {
  const HeldBy all{.guardrail = "g", .value = "1", .limit = {}, .release = {}, .product = {}};
  auto one = all;
  one.product = IdOf<SkuId>("E5");
  EXPECT_EQ(SuspicionsOf(IdOf<SkuId>("E5"), {all, one}).size(), 2U);
  const auto other = SuspicionsOf(IdOf<SkuId>("E3"), {all, one});
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].product, IdOf<SkuId>("E3"));
}

}  // namespace
}  // namespace seatkeeper
