#include "policy/schema/check.h"

#include <gtest/gtest.h>

#include <limits>

#include "policy/schema/kinds.h"
#include "tests/policy/support.h"

namespace seatkeeper::schema {
namespace {

using test::Brief;

std::vector<Diagnostic> Findings(const std::string& text, const Value& value) {
  std::vector<Diagnostic> diagnostics;
  const auto documents = yaml::Parse({"p.yaml", text}, diagnostics);
  const Place place{.above = nullptr, .key = "spec"};
  for (const auto& document : documents) Check(document, value, diagnostics, place);
  Sort(diagnostics);
  return diagnostics;
}

constexpr Refusal kNever{"inline-secret", "a secret must not stand here", "name a file"};
constexpr Key kKeys[] = {
    {.key = "name", .status = Status::kRequired},
    {.key = "future", .status = Status::kLater, .value = {.type = Type::kInt, .max = 5}},
    {.key = "secret", .status = Status::kRefused, .refusal = &kNever},
};
constexpr Mapping kMapping{.keys = kKeys};
constexpr Value kSpec{.type = Type::kMapping, .mapping = &kMapping};

TEST(SchemaCheck, ChecksKeys) {
  const auto found = Findings("nmae: x\nfuture: 1\nqqqqqqqq: 2\nsecret: hunter2\n", kSpec);
  ASSERT_EQ(Brief(found),
            "error missing-key 1:1+1\nerror unknown-key 1:1+4\nerror not-yet-in-force 2:1+6\n"
            "error unknown-key 3:1+8\nerror inline-secret 4:9+7\n");
  EXPECT_EQ(found[0].message, "`spec` lacks `name`");
  EXPECT_EQ(found[1].message, "unknown key `nmae` in `spec`");
  EXPECT_EQ(found[1].hint, "did you mean `name`?");
  EXPECT_EQ(found[2].message, "`future` is not yet in force in this version");
  EXPECT_EQ(found[3].hint, "known keys: name, future") << "a key never to be used is no advice";
}

TEST(SchemaCheck, WhatIsNotInForceIsCheckedAllTheSame) {
  EXPECT_EQ(Brief(Findings("{name: x, future: 6}\n", kSpec)),
            "error not-yet-in-force 1:11+6\nerror out-of-range 1:19+1\n");
}

TEST(SchemaCheck, RefusesWhatIsNoMapping) {
  for (const char* text : {"[a]\n", "text\n", "\"\"\n"}) {
    EXPECT_EQ(Brief(Findings(text, kSpec)).substr(0, 21), "error wrong-type 1:1+") << text;
  }
}

constexpr Choice kModes[] = {
    {"observe", ""}, {"enforce", ""}, {.word = "owned", .about = "", .later = true}};
constexpr Value kText{};
constexpr Refusal kEmpty{"empty-list", "names nobody", "leave the key out"};
constexpr Value kListValue{.type = Type::kList, .items = &kText, .not_empty = &kEmpty};

// A wrong value of `name`, and where it is found.
struct Row {
  const char* value;
  const char* finding;
  Value wanted;
};

void CheckRows(std::span<const Row> rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.value);
    const Key keys[] = {{.key = "name", .value = row.wanted}};
    const Mapping mapping{.keys = keys};
    EXPECT_EQ(Brief(Findings("name: " + std::string(row.value) + "\n",
                             {.type = Type::kMapping, .mapping = &mapping})),
              row.finding);
  }
}

TEST(SchemaCheck, RefusesWrongScalars) {
  const Value boolean{.type = Type::kBool};
  const Value number{.type = Type::kInt, .min = 0, .max = 9};
  const Value real{.type = Type::kNumber, .min = 0, .max = 9};
  const Value wait{.type = Type::kDuration, .min = 1000};
  const Value mode{.choices = kModes};
  const Row rows[] = {
      {"yes", "error wrong-type 1:7+3\n", boolean},
      {"True", "error wrong-type 1:7+4\n", boolean},
      {"\"true\"", "error wrong-type 1:7+6\n", boolean},
      {"[a]", "error wrong-type 1:7+1\n", boolean},
      {"", "error empty-value 1:1+4\n", boolean},
      {"true", "", boolean},
      {"1.5", "error wrong-type 1:7+3\n", number},
      {"\"1\"", "error wrong-type 1:7+3\n", number},
      {"0x1", "error wrong-type 1:7+3\n", number},
      {"10", "error out-of-range 1:7+2\n", number},
      {"99999999999999999999", "error out-of-range 1:7+20\n", number},
      {"+9", "", number},
      {"nan", "error wrong-type 1:7+3\n", real},
      {"1e3", "error wrong-type 1:7+3\n", real},
      {"9.1", "error out-of-range 1:7+3\n", real},
      {"5", "error bad-duration 1:7+1\n", wait},
      {"5 m", "error bad-duration 1:7+3\n", wait},
      {"1h30m", "error bad-duration 1:7+5\n", wait},
      {"99999d", "error bad-duration 1:7+6\n", wait},
      {"999ms", "error out-of-range 1:7+5\n", wait},
      {"\"1s\"", "", wait},
      {"{}", "error wrong-type 1:7+1\n", kText},
      {"\"\"", "error empty-value 1:7+2\n", kText},
      {"~", "error empty-value 1:7+1\n", kText},
      {"007", "", kText},
      {"obsreve", "error bad-value 1:7+7\n", mode},
      {"owned", "error not-yet-in-force 1:7+5\n", mode},
  };
  CheckRows(rows);
}

TEST(SchemaCheck, RefusesWrongListsAndMappings) {
  const Value map{.type = Type::kMapping, .word = "off", .mapping = &kMapping};
  const Row rows[] = {
      {"a", "error wrong-type 1:7+1\n", kListValue},
      {"{}", "error wrong-type 1:7+1\n", kListValue},
      {"[]", "error empty-list 1:7+1\n", kListValue},
      {"[a, [b], \"\", c]", "error wrong-type 1:11+1\nerror empty-value 1:16+2\n", kListValue},
      {"[]", "error wrong-type 1:7+1\n", map},
      {"on", "error wrong-type 1:7+2\n", map},
      {"off", "", map},
  };
  CheckRows(rows);
}

// What a table may get wrong without the compiler noticing.
void CheckTable(const Value& value, const std::string& place) {
  SCOPED_TRACE(place);
  EXPECT_EQ(value.type == Type::kList, value.items != nullptr);
  EXPECT_EQ(value.type == Type::kMapping, value.mapping != nullptr);
  const bool numeric = value.type == Type::kInt || value.type == Type::kNumber;
  EXPECT_TRUE(!numeric || value.min < value.max);
  if (value.items != nullptr) CheckTable(*value.items, place + "[]");
  if (value.mapping == nullptr) return;
  for (const auto& key : value.mapping->keys) {
    EXPECT_FALSE(key.about.empty() || key.about.ends_with('.')) << key.key;
    EXPECT_EQ(key.status == Status::kRefused, key.refusal != nullptr) << key.key;
    CheckTable(key.value, place + "." + std::string(key.key));
  }
  for (const auto& demand : value.mapping->together) {
    EXPECT_FALSE(demand.keys.empty());
    EXPECT_EQ(demand.when.empty(), demand.is.empty());
  }
}

TEST(SchemaCheck, TablesAreWellFormed) {
  for (const auto* kind : PolicyKinds()) CheckTable(kind->document, std::string(kind->name));
}

}  // namespace
}  // namespace seatkeeper::schema
