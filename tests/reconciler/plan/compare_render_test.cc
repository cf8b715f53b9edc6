#include "reconciler/plan/compare_render.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>
#include <string>

#include "tests/support/golden.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::SizeIs;

ComparedPart Part(int product, Difference difference) {
  return {.product = test::Sku(product),
          .difference = difference,
          .disabled_plans = {},
          .instead = {},
          .origin = {.policy = "engineering", .at = {"policies/engineering.yaml", 11, 16}},
          .risk = {},
          .held = {}};
}

ComparedSubject Of(int user, std::vector<ComparedPart> parts) {
  return {.user = test::User(user),
          .user_principal_name = fmt::format("user{}@contoso.com", user),
          .parts = std::move(parts)};
}

// One of everything that a comparison can say.
PlanComparison OneOfEverything() {
  PlanComparison all;
  all.tenant = "contoso";
  all.observed_at = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20));
  all.base_revision = "sha256:0123456789abcdef";
  all.policy_revision = "sha256:fedcba9876543210";
  all.product_names = {{test::Sku(3), "SPE_E3"}, {test::Sku(5), "SPE_E5"}, {test::Sku(7), "VISIO"}};
  all.plan_names = {{test::ServicePlanNumber(1), "YAMMER_ENTERPRISE"}};
  auto held = Part(3, Difference::kLoses);
  held.verdict = Verdict::kHeld;
  held.risk = {"apps", "mailbox"};
  held.held = {{.guardrail = "maxUnassign",
                .value = "40 seats",
                .limit = "25 seats",
                .release = "raise it",
                .product = test::Sku(3),
                .approvable = true}};
  auto up = Part(3, Difference::kLoses);
  up.instead = test::Sku(5);
  up.upward = true;
  auto given = Part(5, Difference::kGains);
  given.disabled_plans = {test::ServicePlanNumber(1)};
  auto switched = Part(5, Difference::kSwitches);
  switched.disabled_plans = {test::ServicePlanNumber(1)};
  auto lost = Part(7, Difference::kLoses);
  lost.risk = {"files"};
  lost.origin = {};
  all.subjects = {Of(1, {held}),
                  Of(2, {up, given}),
                  Of(3, {switched, lost}),
                  Of(4, {Part(3, Difference::kReleased)}),
                  Of(5, {Part(5, Difference::kNotGiven)}),
                  Of(6, {Part(7, Difference::kStays)})};
  for (int user = 10; user < 20; ++user) all.subjects.push_back(Of(user, {given}));
  ComparedSubject group{
      .group =
          LicensedGroup{.id = test::GroupNumber(1), .display_name = "All Staff", .members = 30},
      .parts = {Part(7, Difference::kGains)}};
  all.subjects.push_back(std::move(group));
  all.products = {{.id = test::Sku(3), .purchased = 100, .base = 60, .after = 19},
                  {.id = test::Sku(5),
                   .purchased = 25,
                   .base = 20,
                   .after = 31,
                   .base_short = 0,
                   .after_short = 6}};
  const UnitPrice price{.amount = 570'000, .currency = "USD", .per = UnitPrice::Per::kMonth};
  all.costs = {
      {.currency = "USD", .base = MonthlyAmount(price, 20), .after = MonthlyAmount(price, 31)}};
  all.without_price = {test::Sku(3)};
  all.suspicions = {{.guardrail = "suspicious-revision",
                     .value = "maxUnassign: now off",
                     .limit = "25 seats in the accepted revision",
                     .release = "take back what was loosened"}};
  all.warnings = {"SPE_E5 is short of 6 seats"};
  all.settled = {"protected: there is no group Break Glass"};
  return all;
}

TEST(CompareRender, Text) {
  test::ExpectGolden("comparison_text.txt", RenderComparisonText(OneOfEverything(), {}));
}

TEST(CompareRender, Markdown) {
  test::ExpectGolden("comparison_markdown.md", RenderComparisonMarkdown(OneOfEverything()));
}

TEST(CompareRender, Json) {
  test::ExpectGolden("comparison_json.json", RenderComparisonJson(OneOfEverything()));
}

TEST(CompareRender, SaysWhereNothingChanges) {
  PlanComparison none;
  none.tenant = "contoso";
  EXPECT_THAT(RenderComparisonText(none, {}), HasSubstr("Nobody gains or loses anything."));
  EXPECT_THAT(RenderComparisonMarkdown(none),
              AllOf(HasSubstr("Nobody gains or loses anything."), Not(HasSubstr("|"))));
}

// The text outside of code spans: what a renderer would take for markup.
std::string OutsideCode(const std::string& markdown) {
  std::string text;
  for (std::size_t at = 0; at < markdown.size();) {
    if (markdown[at] != '`') {
      text += markdown[at++];
      continue;
    }
    auto fence = at;
    while (fence < markdown.size() && markdown[fence] == '`') ++fence;
    const auto length = fence - at;
    auto end = fence;
    for (std::size_t run = 0; end < markdown.size(); ++end) {
      run = markdown[end] == '`' ? run + 1 : 0;
      const bool last = end + 1 == markdown.size() || markdown[end + 1] != '`';
      if (run == length && last) break;
    }
    at = end + 1;
  }
  return text;
}

TEST(CompareRender, NamesCannotBeMarkup) {
  const std::string names[] = {"@octocat",
                               "<script>alert(1)</script>",
                               "`rm -rf`",
                               "``",
                               "a`b``c```d",
                               "[click](https://evil.example)",
                               "![x](https://evil.example/x.png)",
                               "</details>",
                               "line\nbreak\n# Heading",
                               "--> <b>",
                               "a|b",
                               ""};
  for (const auto& name : names) {
    auto comparison = OneOfEverything();
    comparison.tenant = name;
    for (auto& subject : comparison.subjects) subject.user_principal_name = name;
    for (auto& product : comparison.product_names) product.second = name;
    for (auto& plan : comparison.plan_names) plan.second = name;
    for (auto& subject : comparison.subjects) {
      for (auto& part : subject.parts) part.origin.policy = name;
    }
    comparison.warnings = {name};
    comparison.costs[0].currency = name;
    comparison.suspicions[0].value = name;
    const auto plain = OneOfEverything();
    // Everything but the code is as it is for harmless names.
    const auto strip = [](const PlanComparison& of) {
      auto text = OutsideCode(RenderComparisonMarkdown(of));
      text = std::regex_replace(text, std::regex("<!-- seatkeeper plan of [A-Za-z0-9._]* -->"), "");
      return text;
    };
    const auto outside = strip(comparison);
    EXPECT_THAT(outside,
                AllOf(Not(HasSubstr("octocat")), Not(HasSubstr("script")), Not(HasSubstr("evil")),
                      Not(HasSubstr("Heading")), Not(HasSubstr("<b>")), Not(HasSubstr("rm -rf"))))
        << name;
    const auto cells = [](const std::string& text) {
      return std::count(text.begin(), text.end(), '|');
    };
    EXPECT_EQ(cells(outside), cells(strip(plain))) << name;
  }
}

TEST(CompareRender, MarkdownIsShortWhereThereIsLittleAndFoldsWhereThereIsMuch) {
  auto comparison = OneOfEverything();
  comparison.subjects.resize(1);
  EXPECT_THAT(RenderComparisonMarkdown(comparison), Not(HasSubstr("<details>")));
  for (int user = 100; user < 110; ++user) {
    comparison.subjects.push_back(Of(user, {Part(5, Difference::kGains)}));
  }
  EXPECT_THAT(RenderComparisonMarkdown(comparison),
              HasSubstr("<details><summary>10 names</summary>\n\n- `user100@contoso.com`\n"));
}

TEST(CompareRender, MarkdownFitsIntoACommentWhateverHappens) {
  auto comparison = OneOfEverything();
  for (int user = 100; user < 20'100; ++user) {
    comparison.subjects.push_back(Of(user, {Part(5, Difference::kGains)}));
  }
  const auto many = RenderComparisonMarkdown(comparison);
  EXPECT_THAT(many, SizeIs(Le(kCommentBytes)));
  EXPECT_THAT(many, AllOf(HasSubstr("20000 users"), HasSubstr(" more\n")));
  for (std::size_t i = 0; i < comparison.subjects.size(); ++i) {
    comparison.subjects[i].parts[0].origin.policy = fmt::format("policy {}", i);
  }
  const auto kinds = RenderComparisonMarkdown(comparison);
  EXPECT_THAT(kinds, SizeIs(Le(kCommentBytes)));
  EXPECT_THAT(kinds, HasSubstr("more kinds of changes"));
  EXPECT_THAT(RenderComparisonMarkdown(comparison, 300), HasSubstr("Too long for a comment"));
}

TEST(CompareRender, NoControlCharacterReachesATerminal) {
  auto comparison = OneOfEverything();
  for (auto& subject : comparison.subjects) subject.user_principal_name = "\x1b[31mred";
  comparison.warnings = {"\x1b[31mred"};
  EXPECT_THAT(RenderComparisonText(comparison, {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(RenderComparisonMarkdown(comparison), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace seatkeeper
