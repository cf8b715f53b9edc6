#include "daemon/products_text.h"

#include <gmock/gmock.h>

#include "tests/support/golden.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ProductsOverview Overview() {
  const ProductCatalog catalog;
  ProductOverview suite{.id = catalog.FindProduct("SPE_E5")->id,
                        .name = "SPE_E5",
                        .display_name = "Microsoft 365 E5",
                        .subscribed = true,
                        .obstacle = {},
                        .seats = {.enabled = 25, .warning = 3, .suspended = 1, .locked_out = 2},
                        .assigned = 26,
                        .management = Management::kFull,
                        .managed_by = {"e5", {.file = "p.yaml", .line = 7, .column = 12}},
                        .reserve = 2,
                        .plans = {}};
  suite.plans = {{.id = *PlanId::Parse("efb87545-963c-4e0d-99df-69c6916d9eb0"),
                  .name = "EXCHANGE_S_ENTERPRISE",
                  .friendly_name = "Exchange Online (Plan 2)",
                  .provisioning_status = "Success",
                  .needs_one_of = {},
                  .excludes = {"TEAMS_FREE"}},
                 {.id = *PlanId::Parse("113feb6c-3fe4-4440-bddc-54d774bf0318"),
                  .name = "EXCHANGE_S_FOUNDATION",
                  .friendly_name = {},
                  .provisioning_status = "PendingProvisioning",
                  .switchable = false,
                  .needs_one_of = {"MCOSTANDARD", "TEAMS1"},
                  .excludes = {}}};
  ProductOverview unknown{.id = *SkuId::Parse("c0000000-0000-4000-8000-000000000001"),
                          .name = "NEW\x1b[31m\xff",
                          .display_name = {},
                          .subscribed = true,
                          .obstacle = "the product cannot be assigned to users",
                          .managed_by = {},
                          .plans = {}};
  return {.products = {unknown, suite}, .warnings = {"p.yaml:3:1: \"E6\" is no product"}};
}

const ReadingHead kHead{.tenant = "contoso",
                        .read_at = WallTime(std::chrono::milliseconds(1'767'600'000'000)),
                        .policy_revision = {}};

TEST(ProductsText, IsAShortTable) {
  const auto text = RenderProductsText(Overview(), kHead, false);
  test::ExpectGolden("products_text.txt", text);
  EXPECT_THAT(text, Not(HasSubstr("EXCHANGE")));
}

TEST(ProductsText, ShowsServicePlansWhenAsked) {
  test::ExpectGolden("products_plans_text.txt", RenderProductsText(Overview(), kHead, true));
}

TEST(ProductsText, JsonHasEverything) {
  const auto json = RenderProductsJson(Overview(), kHead);
  test::ExpectGolden("products_json.json", json);
  EXPECT_THAT(json, AllOf(HasSubstr(R"("free":-1)"), HasSubstr(R"("needsOneOf":null)"),
                          HasSubstr(R"("excludes":["TEAMS_FREE"])"),
                          HasSubstr("NEW\\u001b[31m\xEF\xBF\xBD")));
}

TEST(ProductsText, NothingOwnedIsSaid) {
  EXPECT_THAT(RenderProductsText({}, kHead, false), HasSubstr("The tenant has no product."));
}

}  // namespace
}  // namespace seatkeeper
