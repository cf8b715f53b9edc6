#include "policy/guid.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace seatkeeper {
namespace {

TEST(Guid, ReadsEitherCaseAndWritesLowerCase) {
  const auto guid = Guid::Parse("06EBC4EE-1bb5-47dd-8120-11324BC54E06");
  ASSERT_TRUE(guid);
  EXPECT_EQ(guid->ToString(), "06ebc4ee-1bb5-47dd-8120-11324bc54e06");
}

TEST(Guid, RefusesEverythingElse) {
  for (const char* text :
       {"", "06ebc4ee", "06ebc4ee-1bb5-47dd-8120-11324bc54e0",
        "06ebc4ee-1bb5-47dd-8120-11324bc54e066", "{06ebc4ee-1bb5-47dd-8120-11324bc54e06}",
        "06ebc4ee01bb5-47dd-8120-11324bc54e06", "06ebc4ee-1bb5-47dd-8120-11324bc54e0g",
        "06ebc4ee-1bb5-47dd-8120-11324bc54-06"}) {
    EXPECT_FALSE(Guid::Parse(text)) << text;
  }
}

TEST(Guid, OrdersAsItsText) {
  const auto low = Guid::Parse("0fffffff-ffff-ffff-ffff-ffffffffffff");
  const auto high = Guid::Parse("10000000-0000-0000-0000-000000000000");
  EXPECT_LT(*low, *high);
  EXPECT_LT(low->ToString(), high->ToString());
}

TEST(Guid, HashTellsNeighboursApart) {
  std::unordered_set<std::size_t> hashes;
  for (int i = 0; i < 1000; ++i) {
    std::string text = "00000000-0000-0000-0000-000000000000";
    const std::string number = std::to_string(i);
    text.replace(text.size() - number.size(), number.size(), number);
    hashes.insert(std::hash<SkuId>()(*SkuId::Parse(text)));
  }
  EXPECT_EQ(hashes.size(), 1000u);
}

}  // namespace
}  // namespace seatkeeper
