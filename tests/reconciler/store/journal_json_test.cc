#include "reconciler/store/journal_json.h"

#include <fmt/format.h>
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

TEST(JournalJson, KeepsLossesAndRefusesOthers) {
  const std::vector<std::pair<SkuId, int>> losses{{Sku(1), 12}, {Sku(2), 0}};
  const auto read = DecodeCounts(EncodeCounts(losses));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, losses);
  EXPECT_EQ(EncodeCounts({}), "[]");
  const auto product = Sku(1).ToString();
  for (const std::string& text :
       {std::string("{}"), std::string("[3]"), fmt::format(R"([{{"product":"{}"}}])", product),
        fmt::format(R"([{{"product":"{}","users":"3"}}])", product),
        std::string(R"([{"product":"x","users":3}])")}) {
    EXPECT_FALSE(DecodeCounts(text).ok()) << text;
  }
}

TEST(JournalJson, KeepsARequestWithItsTime) {
  const auto kept = [](const ServiceError& service) {
    ServiceError read{.request_id = "before", .request_date = "before"};
    DecodeRequest(EncodeRequest(service), read);
    return fmt::format("{}|{}", read.request_id, read.request_date);
  };
  EXPECT_EQ(kept({.request_id = "r-7", .request_date = "2026-01-05T08:00:00"}),
            "r-7|2026-01-05T08:00:00");
  EXPECT_EQ(kept({.request_id = "r-7"}), "r-7|");
  EXPECT_EQ(kept({}), "|");
  EXPECT_EQ(EncodeRequest({.request_id = "r-7", .request_date = "2026-01-05T08:00:00"}),
            "r-7, 2026-01-05T08:00:00")
      << "as the rows of older stores have it";
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
