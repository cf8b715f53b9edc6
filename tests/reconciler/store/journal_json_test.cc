#include "reconciler/store/journal_json.h"

#include <gtest/gtest.h>

#include "tests/support/plan_builder.h"

namespace seatkeeper::test {
namespace {

TEST(JournalJson, KeepsListsAsTheyWere) {
  const std::vector<AddLicense> licenses{
      {.product = Sku(1), .disabled_plans = {ServicePlanNumber(1), ServicePlanNumber(2)}},
      {.product = Sku(2), .disabled_plans = {}}};
  const auto read = DecodeLicenses(EncodeLicenses(licenses));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, licenses);

  const std::vector<SkuId> products{Sku(3), Sku(4)};
  const auto ids = DecodeProducts(EncodeProducts(products));
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, products);
}

TEST(JournalJson, WritesEmptyListsAsArrays) {
  EXPECT_EQ(EncodeLicenses({}), "[]");
  EXPECT_EQ(EncodeProducts({}), "[]");
}

TEST(JournalJson, RefusesWhatItWouldNotWrite) {
  for (const char* text : {"", "{}", "null", "[1]", "[\"x\"]", "[{\"product\":\"x\"}]", "[",
                           "[{\"product\":\"00000002-0000-0000-0000-000000000001\"}]"}) {
    const auto licenses = DecodeLicenses(text);
    ASSERT_FALSE(licenses.ok()) << text;
    EXPECT_EQ(licenses.error().kind, ErrorKind::kStore);
    EXPECT_FALSE(DecodeProducts(text).ok()) << text;
  }
}

}  // namespace
}  // namespace seatkeeper::test
