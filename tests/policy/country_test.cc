#include "policy/country.h"

#include <gtest/gtest.h>

#include <string>

namespace seatkeeper {
namespace {

TEST(Country, KnowsTheCodesThatAreAssigned) {
  for (const auto* code : {"AD", "FR", "GB", "US", "ZW"}) EXPECT_TRUE(IsCountryCode(code)) << code;
  // The last ones are pieces of any list of codes with blanks between them.
  for (const auto* other : {"", "F", "FRA", "fr", "ZZ", "UK", "EU", "XK", "D ", " A", "  "}) {
    EXPECT_FALSE(IsCountryCode(other)) << other;
  }
  int assigned = 0;
  for (char first = 'A'; first <= 'Z'; ++first) {
    for (char second = 'A'; second <= 'Z'; ++second) {
      assigned += IsCountryCode(std::string{first, second}) ? 1 : 0;
    }
  }
  EXPECT_EQ(assigned, 249);
}

TEST(Country, TakesCodesOfDirectoriesInAnyLetterCaseAndGuessesNothing) {
  EXPECT_EQ(ToCountryCode("fr"), "FR");
  EXPECT_EQ(ToCountryCode("No"), "NO");
  for (const auto* text : {"", "France", "FRA", "zz", " fr", "fr "}) {
    EXPECT_EQ(ToCountryCode(text), "") << text;
  }
}

}  // namespace
}  // namespace seatkeeper
