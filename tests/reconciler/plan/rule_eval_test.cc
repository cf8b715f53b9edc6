#include "reconciler/plan/rule_eval.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/rule/parser.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::Property;
using test::IdOf;

rule::Expression Parsed(const std::string& text) {
  auto parsed = rule::Parse(text);
  if (const auto* error = std::get_if<rule::ParseError>(&parsed)) {
    throw std::invalid_argument(text + ": " + error->message);
  }
  return std::get<rule::Expression>(std::move(parsed));
}

// Users a to g, whose city is: Paris, PARIS, empty, null, absent, Zürich, Lyon. Only `a` is
// enabled, `b` is not, the others say nothing.
ObservedState Cities() {
  ObservedBuilder builder(AllProperties());
  const char* names[] = {"a", "b", "c", "d", "e", "f", "g"};
  const char* cities[] = {"Paris", "PARIS", "", nullptr, nullptr, "Z\xC3\xBCrich", "Lyon"};
  for (int i = 0; i < 7; ++i) {
    builder.BeginUser(IdOf<UserId>(names[i]));
    if (cities[i] != nullptr) builder.SetText(Property::kCity, cities[i]);
    if (i == 3) builder.SetNull(Property::kCity);
    if (i < 2) builder.SetBoolean(Property::kAccountEnabled, i == 0);
    if (i == 3) builder.SetNull(Property::kAccountEnabled);
    builder.EndUser();
  }
  return builder.Finish("t", WallTime{});
}

std::string Selected(const ObservedState& observed, const std::string& rule) {
  std::string names;
  RuleEvaluator(observed, WallTime{}).Evaluate(Parsed(rule)).rows.ForEach([&](Row row) {
    names += test::NameOf(observed.users.id(row).guid);
  });
  return names;
}

TEST(RuleEval, SelectsByTheTable) {
  const struct {
    const char* rule;
    const char* selected;
  } rows[] = {
      {R"(user.city -eq "paris")", "ab"},
      {R"(user.city -eq "PARI")", ""},
      {R"(user.city -eq "")", "c"},
      {R"(user.city -eq null)", "de"},
      {R"(user.city -eq "z)"
       "\xC3\x9C"
       R"(RICH")",
       "f"},
      {R"(user.city -ne "paris")", "cdefg"},
      {R"(user.city -ne "")", "abdefg"},
      {R"(user.city -ne null)", "abcfg"},
      {R"(user.city -startsWith "PA")", "ab"},
      {R"(user.city -startsWith "")", "abcfg"},
      {R"(user.city -notStartsWith "PA")", "cdefg"},
      {R"(user.city -endsWith "is")", "ab"},
      {R"(user.city -notEndsWith "is")", "cdefg"},
      {R"(user.city -contains "Y")", "g"},
      {R"(user.city -notContains "Y")", "abcdef"},
      {R"(user.city -in ["lyon", "Paris"])", "abg"},
      {R"(user.city -notIn ["lyon", "Paris"])", "cdef"},
      {"user.accountEnabled -eq true", "a"},
      {"user.accountEnabled -eq false", "b"},
      {"user.accountEnabled -ne true", "bcdefg"},
      {"user.accountEnabled -eq null", "cdefg"},
      {"user.accountEnabled -ne null", "ab"},
      {R"((user.city -eq "paris") -and (user.accountEnabled -eq true))", "a"},
      {R"((user.city -eq "lyon") -or (user.accountEnabled -eq true))", "ag"},
      {R"(-not (user.city -eq "paris"))", "cdefg"},
      {R"(-not (-not (user.city -eq "paris")))", "ab"},
      {R"((user.city -eq "lyon") -or (user.city -eq "paris") -and (user.accountEnabled -eq false))",
       "bg"},
      {R"(-not ((user.city -eq null) -or (user.accountEnabled -ne null)))", "cfg"},
  };
  const auto observed = Cities();
  for (const auto& row : rows) EXPECT_EQ(Selected(observed, row.rule), row.selected) << row.rule;
}

TEST(RuleEval, KnowsTheObjectIdInAnyCase) {
  const auto observed = Cities();
  const auto a = IdOf<UserId>("a").ToString();
  const auto j = IdOf<UserId>("j").ToString();
  EXPECT_EQ(Selected(observed, "user.objectId -eq \"" + a + "\""), "a");
  EXPECT_EQ(Selected(observed, "user.objectId -ne \"" + a + "\""), "bcdefg");
  EXPECT_EQ(Selected(observed, "user.objectId -in [\"" + a + "\", \"" + j + "\"]"), "a");
  ObservedBuilder builder(AllProperties());
  builder.BeginUser(IdOf<UserId>("jkl"));
  const auto jkl = builder.Finish("t", WallTime{});
  EXPECT_EQ(Selected(jkl, "user.objectId -eq \"6A6B6C00-0000-0000-0000-000000000000\""), "jkl");
}

TEST(RuleEval, SelectsNobodyAmongNobody) {
  const auto observed = ObservedBuilder(AllProperties()).Finish("t", WallTime{});
  EXPECT_EQ(RuleEvaluator(observed, WallTime{})
                .Evaluate(Parsed(R"(-not (user.city -eq "x"))"))
                .rows.Count(),
            0U);
}

TEST(RowSet, ComplementStaysWithinItsUniverse) {
  for (const std::size_t rows : {0U, 1U, 63U, 64U, 65U, 128U}) {
    RowSet set(rows);
    set.Complement();
    EXPECT_EQ(set.Count(), rows);
    std::size_t visited = 0;
    set.ForEach([&](Row row) { EXPECT_EQ(row, visited++); });
    EXPECT_EQ(visited, rows);
  }
}

}  // namespace
}  // namespace seatkeeper
