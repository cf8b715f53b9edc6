// A format is written twice, as C++ for the loader and as a pattern for JSON Schema: they agree.

#include "policy/schema/format.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "policy/scalar.h"

namespace seatkeeper::schema {
namespace {

struct Named {
  const char* name;
  const Format& format;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

std::vector<Named> Formats() {
  const std::string zeros(64, '0');
  return {
      {"name",
       kName,
       {"a", "E5 for all", "a.b_c-d", std::string(128, 'x')},
       {"", " a", "a ", "a/b", "ä", "a\n", std::string(129, 'x')}},
      {"guid",
       kGuid,
       {"06ebc4ee-1bb5-47dd-8120-11324bc54e06", "06EBC4EE-1bb5-47dd-8120-11324bc54e06"},
       {"", "06ebc4ee1bb547dd812011324bc54e06", "{06ebc4ee-1bb5-47dd-8120-11324bc54e06}"}},
      {"date",
       kDate,
       {"2027-03-31", "2028-02-29", "0001-01-01", "9999-12-31"},
       {"", "2027-04-31", "2027-00-01", "2027-13-01", "2027-1-1", "0000-01-01", "20270331"}},
      {"time", kTimeOfDay, {"00:00", "23:59", "09:30"}, {"", "24:00", "9:30", "09:60", "09:30:00"}},
      {"zone",
       kTimeZone,
       {"UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5"},
       {"", "/Paris", "Europe/", "a/b/c/d", "Europe Paris", "+05:00", "9"}},
      {"currency", kCurrency, {"EUR", "USD"}, {"", "EU", "eur", "EURO", "€"}},
      {"country", kCountry, {"FR", "NO"}, {"", "fr", "FRA", "F1", "ZZ"}},
      {"digest",
       kDigest,
       {"sha256:" + zeros},
       {"", zeros, "sha256:" + zeros + "0", "sha256:" + std::string(64, 'A'), "sha512:" + zeros}},
      {"property", kPropertyName, {"country", "extensionAttribute1"}, {"", "user.country", "1a"}},
  };
}

TEST(Format, AcceptsWhatIsRightAndNothingElse) {
  for (const auto& each : Formats()) {
    SCOPED_TRACE(each.name);
    for (const auto& good : each.good) EXPECT_TRUE(each.format.accepts(good)) << good;
    for (const auto& bad : each.bad) EXPECT_FALSE(each.format.accepts(bad)) << bad;
  }
}

// What a pattern cannot tell, or would have to list: 29 February, and codes without a country.
bool IsBeyondPattern(const Format& format, const std::string& text) {
  if (&format == &kDate) return text.size() == 10 && text.ends_with("-02-29");
  const auto capital = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
  return &format == &kCountry && text.size() == 2 && std::ranges::all_of(text, capital) &&
         !format.accepts(text);
}

TEST(Format, PatternAndFunctionAgree) {
  std::mt19937 random(1);
  const std::string letters = "0129aAfFzZ-:/_+. \n6";
  for (const auto& each : Formats()) {
    SCOPED_TRACE(each.name);
    const RE2 pattern{std::string(each.format.pattern)};
    ASSERT_TRUE(pattern.ok()) << pattern.error();
    auto samples = each.good;
    samples.insert(samples.end(), each.bad.begin(), each.bad.end());
    const auto seeds = samples;
    for (int i = 0; i < 20'000; ++i) {
      auto text = seeds[random() % seeds.size()];
      for (auto edits = random() % 3; edits > 0 && !text.empty(); --edits) {
        text[random() % text.size()] = letters[random() % letters.size()];
      }
      samples.push_back(std::move(text));
    }
    for (const auto& text : samples) {
      if (IsBeyondPattern(each.format, text)) continue;
      EXPECT_EQ(RE2::PartialMatch(text, pattern), each.format.accepts(text)) << text;
      if (HasFailure()) return;
    }
  }
}

TEST(Format, DurationPatternAgreesWithTheParser) {
  const RE2 any{std::string(kDurationPattern)};
  for (const auto* text : {"0d", "00ms", "5m", "90s", "10s", "", "d", "5", "5 m", "-1d", "1w"}) {
    const auto duration = ParseDuration(text);
    EXPECT_EQ(RE2::PartialMatch(text, any), duration.has_value()) << text;
  }
}

}  // namespace
}  // namespace seatkeeper::schema
