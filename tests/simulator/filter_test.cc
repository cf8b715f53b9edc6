#include "tests/simulator/filter.h"

#include <gmock/gmock.h>

#include "tests/simulator/errors.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

const FilterRules& Rules() {
  static const FilterRules rules{{"name", "eq ne not ge le in startsWith endsWith"},
                                 {"title", "eq ne not in null"},
                                 {"label", "eq exact"},
                                 {"on", "eq ne not in bool"},
                                 {"at", "eq ge le date"},
                                 {"seen/at", "ge le date alone"},
                                 {"licenses", "any not count"},
                                 {"licenses/skuId", "eq guid"},
                                 {"mails", "any eq startsWith"}};
  return rules;
}

json Object() {
  return {{"name", "Ada O'Hara"},
          {"title", nullptr},
          {"label", "Blue"},
          {"on", true},
          {"at", "2026-01-05T08:00:00Z"},
          {"seen", {{"at", "2026-01-01T00:00:00Z"}}},
          {"licenses", {{{"skuId", "05e9a617-0261-4cee-bb44-138d3ef5d965"}}}},
          {"mails", {"ada@x.example", "smtp:a@y.example"}}};
}

bool Matches(const std::string& text) { return Filter::Parse(text, Rules()).Matches(Object()); }

std::string CodeOf(const std::string& text) {
  try {
    Filter::Parse(text, Rules());
  } catch (const GraphError& error) {
    return error.code;
  }
  return "";
}

TEST(Filter, Compares) {
  for (const char* text :
       {"name eq 'ADA o''hara'", "name ne 'x'", "name ge 'ada'", "name le 'b'", "title eq null",
        "label eq 'Blue'", "on eq true", "at ge 2026-01-05T08:00:00Z",
        "at le 2026-01-05T08:00:00.5Z", "at eq 2026-01-05T08:00:00.000Z",
        "name in ('x', 'Ada O''Hara')", "seen/at le 2026-01-02T00:00:00Z"}) {
    EXPECT_TRUE(Matches(text)) << text;
  }
  for (const char* text :
       {"name eq 'ada'", "name ne 'Ada O''Hara'", "name ge 'b'", "title eq 'x'", "title ne null",
        "label eq 'blue'", "on eq false", "at ge 2026-01-05T08:00:00.001Z", "name in ('x')"}) {
    EXPECT_FALSE(Matches(text)) << text;
  }
}

TEST(Filter, KnowsFunctionsAndCollections) {
  for (const char* text :
       {"startswith(name,'ada')", "endsWith(name, 'HARA')",
        "licenses/any(l:l/skuId eq 05E9A617-0261-4cee-bb44-138d3ef5d965)",
        "mails/any(m:startsWith(m,'SMTP:'))", "mails/any(m: m eq 'ada@x.example')",
        "licenses/$count eq 1", "licenses/$count ne 0"}) {
    EXPECT_TRUE(Matches(text)) << text;
  }
  for (const char* text : {"startsWith(name,'hara')", "endsWith(name,'ada')",
                           "licenses/any(l:l/skuId eq 00000000-0261-4cee-bb44-138d3ef5d965)",
                           "mails/any(m:m eq 'a@y.example')", "licenses/$count eq 0"}) {
    EXPECT_FALSE(Matches(text)) << text;
  }
}

TEST(Filter, JoinsWithNotFirstAndOrLast) {
  EXPECT_TRUE(Matches("on eq true or on eq false and name eq 'x'"));
  EXPECT_FALSE(Matches("(on eq true or on eq false) and name eq 'x'"));
  EXPECT_TRUE(Matches("not (name eq 'x') and on eq true"));
  EXPECT_FALSE(Matches("not startsWith(name,'ada') or on eq false"));
}

TEST(Filter, SaysWhatIsAdvancedAndWhatItAsksAbout) {
  for (const char* text : {"name ne 'x'", "not(on eq true)", "endsWith(name,'x')",
                           "licenses/$count ne 0", "on eq true and title ne null"}) {
    EXPECT_TRUE(Filter::Parse(text, Rules()).is_advanced()) << text;
  }
  const auto plain = Filter::Parse("startsWith(name,'x') or seen/at ge 2026-01-01T00:00:00Z",
                                   {{"name", "startsWith"}, {"seen/at", "ge date"}});
  EXPECT_FALSE(plain.is_advanced());
  EXPECT_EQ(plain.properties(), (std::vector<std::string>{"name", "seen"}));
}

TEST(Filter, RefusesWhatTheServiceDoesNotSupport) {
  for (const char* text :
       {"colour eq 'x'", "name gt 'x'", "title ge 'x'", "name eq null", "name ge null",
        "startsWith(title,'x')", "not(at eq 2026-01-05T08:00:00Z)", "mails/$count eq 0",
        "licenses/$count eq 5", "licenses/$count ge 0", "licenses/any(l:l/name eq 'x')",
        "licenses/any(l:name eq 'x')", "seen/at ge 2026-01-01T00:00:00Z and on eq true"}) {
    EXPECT_EQ(CodeOf(text), "Request_UnsupportedQuery") << text;
  }
}

TEST(Filter, RefusesWhatIsNoFilter) {
  for (const char* text : {"name eq", "name eq 'x", "name eq 'x' and", "name eq 'x' name",
                           "(on eq true", "on eq 'true'", "on eq yes", "name eq Ada",
                           "at ge yesterday", "at ge '2026-01-05T08:00:00Z'",
                           "licenses/any(l:l/skuId eq '05e9a617-0261-4cee-bb44-138d3ef5d965')",
                           "licenses/any(l/skuId eq 05e9a617-0261-4cee-bb44-138d3ef5d965)",
                           "name in 'x'", "name \x01", "startsWith(name 'x')", ""}) {
    EXPECT_EQ(CodeOf(text), "Request_BadRequest") << text;
  }
  EXPECT_EQ(CodeOf(std::string(100'000, '(') + "on eq true"), "Request_BadRequest");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "not ";
  EXPECT_EQ(CodeOf(many + "on eq true"), "Request_BadRequest");
}

}  // namespace
}  // namespace seatkeeper::sim::test
