#include "reconciler/plan/names.h"

#include <gmock/gmock.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;

using test::IdOf;
using test::TestTenant;

// A catalogue that knows other meanings of names than the tenant.
ProductCatalog Catalog() {
  auto table = std::make_unique<ProductTable>();
  const auto add = [&](std::string_view id, std::string_view part_number, std::string_view name,
                       std::string_view plan, std::string_view plan_name,
                       std::string_view friendly_name) {
    table->Add({.product = IdOf<SkuId>(id),
                .part_number = part_number,
                .display_name = name,
                .plan = IdOf<PlanId>(plan),
                .plan_name = plan_name,
                .plan_friendly_name = friendly_name});
  };
  add("E5", "SUITE", "Suite Five", "P1", "MAIL", "Large mail");
  add("E5", "SUITE", "Suite Five", "P2", "CHAT", "Chat");
  add("elsewhere", "E5", "Something else", "P9", "P1", "Mail");
  add("E3", "CALLING", "Calling at home", "P3", "CALLS", "Calls");
  add("abroad", "CALLING", "Calling abroad", "P3", "CALLS", "Calls");
  add("one", "TWINS", "Twin", "P3", "CALLS", "Calls");
  add("two", "TWINS", "Twin", "P3", "CALLS", "Calls");
  return ProductCatalog(std::move(table));
}

ObservedState Observed() {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"P1", "P2"}}, {.name = "E3", .plans = {"P3"}}};
  return tenant.Read();
}

Result<SkuId> Resolve(const std::string& written, const ObservedState& observed) {
  return ResolveProduct({written, {"p.yaml", 3, 7}}, observed, Catalog());
}

TEST(Names, WhatTheTenantSaysWins) {
  const auto observed = Observed();
  EXPECT_EQ(*Resolve("e5", observed), IdOf<SkuId>("E5")) << "the catalogue says otherwise";
  EXPECT_EQ(*Resolve("something ELSE", observed), IdOf<SkuId>("elsewhere"));
}

TEST(Names, TheCatalogueComesBeforeTheBuiltInFacts) {
  const auto observed = Observed();
  EXPECT_EQ(*Resolve("suite five", observed), IdOf<SkuId>("E5"));
  EXPECT_EQ(Resolve("SPE_E3", observed)->ToString(), "05e9a617-0261-4cee-bb44-138d3ef5d965");
}

TEST(Names, AnIdIsTakenAsItIs) {
  EXPECT_EQ(Resolve("C7DF2760-2C81-4EF7-B578-5B5392B571DF", Observed())->ToString(),
            "c7df2760-2c81-4ef7-b578-5b5392b571df");
}

TEST(Names, AnAmbiguousNameMeansTheProductThatTheTenantOwns) {
  EXPECT_EQ(*Resolve("Calling", Observed()), IdOf<SkuId>("E3"));
}

TEST(Names, AnAmbiguousNameIsAnErrorWithBothIds) {
  const auto error = Resolve("Twins", Observed()).error();
  EXPECT_EQ(error.kind, ErrorKind::kInvalid);
  EXPECT_EQ(ToString(*error.position), "p.yaml:3:7");
  EXPECT_THAT(error.message, HasSubstr(IdOf<SkuId>("one").ToString()));
  EXPECT_THAT(error.message, HasSubstr(IdOf<SkuId>("two").ToString()));
}

TEST(Names, APartNumberThatTheTenantHasTwiceIsAnError) {
  auto observed = Observed();
  observed.products[1].part_number = observed.products[0].part_number;
  const auto error = Resolve(observed.products[0].part_number, observed).error();
  EXPECT_THAT(error.message, HasSubstr(observed.products[0].id.ToString()));
  EXPECT_THAT(error.message, HasSubstr(observed.products[1].id.ToString()));
}

TEST(Names, AnUnknownNameSuggestsTheNearest) {
  EXPECT_THAT(Resolve("SUITTE", Observed()).error().message, HasSubstr("did you mean SUITE?"));
}

std::string Disabled(const std::string& plan) {
  const auto observed = Observed();
  const auto& product = observed.products[*observed.FindProduct(IdOf<SkuId>("E5"))];
  const auto plans = ResolveDisabledPlans(
      {.kind = PlanSelection::Kind::kDisabled, .plans = {{plan, {}}}}, product, Catalog());
  return plans ? test::NameOf(plans->front().guid) : plans.error().message;
}

TEST(Names, PlansGoByTheTenantsNameFirst) {
  EXPECT_EQ(Disabled("p1"), "P1") << "the catalogue calls another plan so";
  EXPECT_EQ(Disabled("mail"), "P1") << "its name in the catalogue";
  EXPECT_EQ(Disabled("LARGE mail"), "P1") << "its friendly name";
  EXPECT_EQ(Disabled(IdOf<PlanId>("P2").ToString()), "P2");
  EXPECT_THAT(Disabled("calls"), HasSubstr("is not a service plan of E5 in this tenant"));
}

}  // namespace
}  // namespace seatkeeper
