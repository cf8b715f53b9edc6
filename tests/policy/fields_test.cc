#include "policy/fields.h"

#include <gtest/gtest.h>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

using Status = FieldSpec::Status;
using std::chrono::milliseconds;
using test::Brief;

constexpr FieldSpec kTable[] = {
    {"name", Status::kRequired},
    {"on"},
    {"count"},
    {"share"},
    {"wait"},
    {"mode"},
    {"list"},
    {"map"},
    {"future", Status::kLater},
};

// Parses one mapping and keeps it alive with its reader.
struct Reader {
  explicit Reader(std::string text)
      : documents(yaml::Parse({"p.yaml", std::move(text)}, diagnostics)),
        fields(documents.at(0), "spec", kTable, diagnostics) {}

  std::vector<Diagnostic> diagnostics;
  std::vector<yaml::Node> documents;
  Fields fields;
};

TEST(Fields, ReadsEveryType) {
  Reader reader(
      "name: 007\non: true\ncount: -3\nshare: 2.5\nwait: 14d\nmode: b\nlist: [x, \"y\"]\nmap: "
      "{}\n");
  auto& fields = reader.fields;
  EXPECT_EQ(fields.String("name")->value, "007");
  EXPECT_EQ(fields.String("name")->at, (SourcePosition{"p.yaml", 1, 7}));
  EXPECT_EQ(fields.Bool("on"), true);
  EXPECT_EQ(fields.Int("count", -5, 5), -3);
  EXPECT_EQ(fields.Double("share", 0, 100), 2.5);
  EXPECT_EQ(fields.Duration("wait"), std::chrono::hours(14 * 24));
  const std::string_view modes[] = {"a", "b"};
  EXPECT_EQ(fields.Choice("mode", modes), 1u);
  EXPECT_EQ(fields.StringList("list")->size(), 2u);
  EXPECT_NE(fields.Mapping("map"), nullptr);
  EXPECT_TRUE(fields.ok());
  EXPECT_EQ(Brief(reader.diagnostics), "");
}

TEST(Fields, AbsentIsNothingAndNoFinding) {
  Reader reader("name: x\n");
  auto& fields = reader.fields;
  EXPECT_FALSE(fields.Has("on") || fields.Bool("on") || fields.Int("count", 0, 1) ||
               fields.Double("share", 0, 1) || fields.Duration("wait") ||
               fields.StringList("list") || fields.Mapping("map") || fields.Sequence("list"));
  EXPECT_TRUE(fields.ok());
}

TEST(Fields, ChecksKeys) {
  Reader reader("nmae: x\nfuture: 1\nqqqqqqqq: 2\n");
  EXPECT_FALSE(reader.fields.ok());
  Sort(reader.diagnostics);
  EXPECT_EQ(Brief(reader.diagnostics),
            "error missing-key 1:1+1\nerror unknown-key 1:1+4\nerror not-yet-in-force 2:1+6\n"
            "error unknown-key 3:1+8\n");
  EXPECT_EQ(reader.diagnostics[0].message, "`spec` lacks `name`");
  EXPECT_EQ(reader.diagnostics[1].message, "unknown key `nmae` in `spec`");
  EXPECT_EQ(reader.diagnostics[1].hint, "did you mean `name`?");
  EXPECT_EQ(reader.diagnostics[2].message, "`future` is not yet in force in this version");
}

TEST(Fields, RefusesWhatIsNoMapping) {
  for (const char* text : {"[a]\n", "text\n", "\"\"\n"}) {
    Reader reader(text);
    EXPECT_FALSE(reader.fields.ok());
    EXPECT_EQ(Brief(reader.diagnostics).substr(0, 21), "error wrong-type 1:1+") << text;
    EXPECT_FALSE(reader.fields.String("name"));
  }
}

TEST(Fields, RefusesWrongValues) {
  struct Row {
    const char* value;
    const char* finding;
    void (*get)(Fields&, std::string_view);
  };
  const auto boolean = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.Bool(k)); };
  const auto number = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.Int(k, 0, 9)); };
  const auto real = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.Double(k, 0, 9)); };
  const auto wait = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.Duration(k)); };
  const auto text = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.String(k)); };
  const auto list = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.StringList(k)); };
  const auto map = [](Fields& f, std::string_view k) { EXPECT_FALSE(f.Mapping(k)); };
  const auto mode = [](Fields& f, std::string_view k) {
    const std::string_view modes[] = {"observe", "enforce"};
    const std::string_view later[] = {"owned"};
    EXPECT_FALSE(f.Choice(k, modes, later));
  };
  const Row rows[] = {
      {"yes", "error wrong-type 1:7+3\n", boolean},
      {"True", "error wrong-type 1:7+4\n", boolean},
      {"\"true\"", "error wrong-type 1:7+6\n", boolean},
      {"[a]", "error wrong-type 1:7+1\n", boolean},
      {"", "error empty-value 1:1+4\n", boolean},
      {"1.5", "error wrong-type 1:7+3\n", number},
      {"\"1\"", "error wrong-type 1:7+3\n", number},
      {"0x1", "error wrong-type 1:7+3\n", number},
      {"10", "error out-of-range 1:7+2\n", number},
      {"99999999999999999999", "error out-of-range 1:7+20\n", number},
      {"nan", "error wrong-type 1:7+3\n", real},
      {"1e3", "error wrong-type 1:7+3\n", real},
      {"9.1", "error out-of-range 1:7+3\n", real},
      {"5", "error bad-duration 1:7+1\n", wait},
      {"5 m", "error bad-duration 1:7+3\n", wait},
      {"1h30m", "error bad-duration 1:7+5\n", wait},
      {"99999d", "error bad-duration 1:7+6\n", wait},
      {"{}", "error wrong-type 1:7+1\n", text},
      {"\"\"", "error empty-value 1:7+2\n", text},
      {"~", "error empty-value 1:7+1\n", text},
      {"a", "error wrong-type 1:7+1\n", list},
      {"{}", "error wrong-type 1:7+1\n", list},
      {"[]", "error wrong-type 1:7+1\n", map},
      {"obsreve", "error bad-value 1:7+7\n", mode},
      {"owned", "error not-yet-in-force 1:7+5\n", mode},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.value);
    Reader reader("name: " + std::string(row.value) + "\n");
    row.get(reader.fields, "name");
    EXPECT_EQ(Brief(reader.diagnostics), row.finding);
    EXPECT_FALSE(reader.fields.ok());
  }
}

TEST(Fields, BadItemsAreLeftOut) {
  Reader reader("name: x\nlist: [a, [b], \"\", c]\n");
  EXPECT_EQ(reader.fields.StringList("list")->size(), 2u);
  EXPECT_EQ(Brief(reader.diagnostics), "error wrong-type 2:11+1\nerror empty-value 2:16+2\n");
}

TEST(Fields, EmptyListIsNotAbsent) {
  Reader reader("name: x\nlist: []\n");
  ASSERT_TRUE(reader.fields.StringList("list"));
  EXPECT_TRUE(reader.fields.StringList("list")->empty());
}

TEST(Duration, ReadsOneNumberAndOneUnit) {
  EXPECT_EQ(ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(ParseDuration("90s"), milliseconds(90'000));
  EXPECT_EQ(ParseDuration("5m"), milliseconds(300'000));
  EXPECT_EQ(ParseDuration("24h"), milliseconds(86'400'000));
  EXPECT_EQ(ParseDuration("0d"), milliseconds(0));
  for (const char* bad :
       {"", "s", "5", "-5s", "+5s", "5w", "5S", "5 s", "1.5h", "99999999999999999999s", "3653d"}) {
    EXPECT_FALSE(ParseDuration(bad)) << bad;
  }
}

}  // namespace
}  // namespace seatkeeper
