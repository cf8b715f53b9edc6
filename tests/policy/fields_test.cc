#include "policy/fields.h"

#include <gtest/gtest.h>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

enum class Mode { kA, kB };
constexpr schema::Choice kModes[] = {{"a", ""}, {"b", ""}};

// Parses one mapping and keeps it alive with its reader.
struct Reader {
  explicit Reader(std::string text)
      : documents(yaml::Parse({"p.yaml", std::move(text)}, diagnostics)), fields(documents.at(0)) {}

  std::vector<Diagnostic> diagnostics;
  std::vector<yaml::Node> documents;
  Fields fields;
};

TEST(Fields, ReadsEveryType) {
  const Reader reader(
      "name: 007\non: true\ncount: -3\nshare: 2.5\nwait: 14d\nday: 2027-03-31\nat: 09:30\nmode: b\n"
      "list: [x, \"y\"]\nmap: {}\n");
  const auto& fields = reader.fields;
  EXPECT_EQ(fields.String("name")->value, "007");
  EXPECT_EQ(fields.String("name")->at, (SourcePosition{"p.yaml", 1, 7}));
  EXPECT_EQ(fields.String("name")->length, 3);
  EXPECT_EQ(fields.Bool("on"), true);
  EXPECT_EQ(fields.Int("count"), -3);
  EXPECT_EQ(fields.Double("share"), 2.5);
  EXPECT_EQ(fields.Duration("wait"), std::chrono::hours(14 * 24));
  using namespace std::chrono;
  EXPECT_EQ(fields.Date("day"), year(2027) / March / 31);
  EXPECT_EQ(fields.TimeOfDay("at"), minutes(570));
  EXPECT_EQ(fields.Choice<Mode>("mode", kModes), Mode::kB);
  EXPECT_EQ(fields.StringList("list")->size(), 2u);
  EXPECT_EQ(fields.StringList("list")->at(1).length, 3) << "quotes are underlined, too";
  EXPECT_NE(fields.Mapping("map"), nullptr);
}

TEST(Fields, AbsentAndWrongAreNothing) {
  for (const auto* text : {"other: x\n", "key: [[]]\n", "[a]\n", "text\n", "key:\n"}) {
    const Reader reader(text);
    const auto& fields = reader.fields;
    EXPECT_FALSE(fields.String("key") || fields.Bool("key") || fields.Int("key") ||
                 fields.Double("key") || fields.Duration("key") || fields.Date("key") ||
                 fields.TimeOfDay("key") || fields.Choice<Mode>("key", kModes) ||
                 fields.Mapping("key"))
        << text;
  }
  EXPECT_FALSE(Reader("key: 99999999999999999999\n").fields.Int("key"));
}

TEST(Fields, BadItemsAreLeftOut) {
  EXPECT_EQ(Reader("list: [a, [b], \"\", c]\n").fields.StringList("list")->size(), 2u);
}

TEST(Fields, EmptyListIsNotAbsent) {
  const Reader reader("list: []\n");
  ASSERT_TRUE(reader.fields.StringList("list"));
  EXPECT_TRUE(reader.fields.StringList("list")->empty());
}

}  // namespace
}  // namespace seatkeeper
