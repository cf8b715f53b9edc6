#include "daemon/import_adoption.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <string>

#include "daemon/import_proof.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;
using test::NameOf;
using test::TestTenant;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Thirty in Sales hold E3, but for s03; three in Works do, of whom w02 has it from a group, too.
TestTenant Tenant() {
  TestTenant tenant{.products = {{.name = "E3"}, {.name = "VISIO"}},
                    .groups = {{.name = "g", .licenses = {{.product = "E3"}}}}};
  for (int i = 0; i < 30; ++i) {
    tenant.users.push_back(
        {.name = fmt::format("s{:02}", i), .department = "Sales", .licenses = {{.product = "E3"}}});
    tenant.users.push_back({.name = fmt::format("w{:02}", i), .department = "Works"});
  }
  tenant.User("s03").licenses.clear();
  for (const auto* name : {"w00", "w01", "w02"}) {
    tenant.User(name).licenses = {{.product = "E3"}};
  }
  tenant.User("w02").licenses.push_back(
      {.product = "E3", .source = AssignmentSource::kGroup, .group = "g"});
  tenant.User("w01").licenses.push_back({.product = "VISIO"});
  return tenant;
}

AdoptionChoice Choose(const ObservedState& observed, const AdoptionFacts& facts = {}) {
  auto proven = ProveImport(
      observed, {.tenant_name = "contoso", .known_tenants = {}, .folder = {}, .only = {}}, {});
  if (!proven) throw std::invalid_argument(proven.error().message);
  return ChooseAdopted(proven->described, observed, facts);
}

std::set<std::string> Brief(const AdoptionChoice& choice) {
  std::set<std::string> pairs;
  for (const auto& user : choice.users) {
    for (const auto& product : user.products) {
      pairs.insert(NameOf(user.user.guid) + " " + NameOf(product.guid));
    }
  }
  return pairs;
}

ProductAdoption Of(const AdoptionChoice& choice, const ObservedState& observed,
                   const std::string& product) {
  for (const auto& each : choice.products) {
    if (observed.products[each.product].part_number == product) return each;
  }
  throw std::invalid_argument("not described: " + product);
}

TEST(ImportAdoption, TakesWhoHoldsDirectlyWhatAPolicyGrants) {
  const auto observed = Tenant().Read();
  const auto choice = Choose(observed);
  const auto pairs = Brief(choice);
  EXPECT_EQ(pairs.size(), 33U);
  EXPECT_EQ(choice.assignments(), 33U);
  EXPECT_TRUE(pairs.contains("s00 E3"));
  EXPECT_TRUE(pairs.contains("w01 E3") && pairs.contains("w01 VISIO"));
  EXPECT_TRUE(pairs.contains("w02 E3")) << "the direct one of two";
  EXPECT_FALSE(pairs.contains("s03 E3")) << "excepted, and does not hold it";
  EXPECT_EQ(Of(choice, observed, "E3").adopted, 32U);
}

TEST(ImportAdoption, NotWhatComesFromAGroupOrFromWhoKnowsWhere) {
  auto tenant = Tenant();
  // So many that the rule is sure all the same.
  for (int i = 0; i < 60; ++i) {
    tenant.users.push_back(
        {.name = fmt::format("t{:02}", i), .department = "Sales", .licenses = {{.product = "E3"}}});
  }
  tenant.User("s00").licenses = {
      {.product = "E3", .source = AssignmentSource::kGroup, .group = "g"}};
  tenant.User("s01").licenses = {{.product = "E3", .source = AssignmentSource::kUnknown}};
  tenant.User("s02").licenses[0].state = AssignmentState::kError;
  tenant.User("s04").assignments_known = false;
  const auto pairs = Brief(Choose(tenant.Read()));
  for (const auto* name : {"s00 E3", "s01 E3", "s02 E3", "s04 E3"}) {
    EXPECT_FALSE(pairs.contains(name)) << name;
  }
  EXPECT_TRUE(pairs.contains("s05 E3"));
}

TEST(ImportAdoption, NotWhatOnlyAGuessDescribes) {
  auto tenant = Tenant();
  // Six of Legal hold Visio: too few for a rule to be sure of.
  for (int i = 0; i < 6; ++i) {
    tenant.users.push_back(
        {.name = fmt::format("l{}", i), .department = "Legal", .licenses = {{.product = "VISIO"}}});
  }
  const auto observed = tenant.Read();
  const auto choice = Choose(observed);
  const auto visio = Of(choice, observed, "VISIO");
  EXPECT_EQ(visio.uncertain, 6U);
  EXPECT_EQ(visio.adopted, 1U) << "w01 is named";
  EXPECT_FALSE(Brief(choice).contains("l0 VISIO"));
  EXPECT_THAT(RenderAdoption(choice, observed),
              HasSubstr("  VISIO: 1; 6 not, for only an uncertain policy describes them\n"));
}

TEST(ImportAdoption, NotWhoHasAnOpenChangeAndNotTwice) {
  const auto observed = Tenant().Read();
  AdoptionFacts facts;
  facts.busy = {IdOf<UserId>("s00")};
  facts.owned = {{IdOf<UserId>("s01"), IdOf<SkuId>("E3")}};
  const auto choice = Choose(observed, facts);
  const auto pairs = Brief(choice);
  EXPECT_FALSE(pairs.contains("s00 E3"));
  EXPECT_FALSE(pairs.contains("s01 E3"));
  const auto e3 = Of(choice, observed, "E3");
  EXPECT_EQ(e3.busy, 1U);
  EXPECT_EQ(e3.owned, 1U);
  EXPECT_EQ(e3.adopted, 30U);
  EXPECT_THAT(RenderAdoption(choice, observed),
              HasSubstr("  E3: 30; 1 seatkeeper's own already; "
                        "1 not, for a change of the user is open\n"));
}

TEST(ImportAdoption, NotUnderAManagementThatDoesNotAskWhoseItIs) {
  const auto observed = Tenant().Read();
  for (const auto management : {Management::kFull, Management::kObserve}) {
    AdoptionFacts facts;
    facts.managed = {{IdOf<SkuId>("E3"), management}};
    const auto choice = Choose(observed, facts);
    EXPECT_EQ(Brief(choice), std::set<std::string>{"w01 VISIO"});
    EXPECT_THAT(RenderAdoption(choice, observed),
                HasSubstr(fmt::format("  E3: none: under `{}`", ToString(management))));
  }
  AdoptionFacts owned;
  owned.managed = {{IdOf<SkuId>("E3"), Management::kOwned}};
  const auto choice = Choose(observed, owned);
  EXPECT_EQ(Of(choice, observed, "E3").adopted, 32U);
  EXPECT_THAT(RenderAdoption(choice, observed), HasSubstr("from now on it may take what it"));
  EXPECT_THAT(RenderAdoption(Choose(observed), observed), Not(HasSubstr("from now on")));
}

TEST(ImportAdoption, OfNothingNothing) {
  const auto observed = Tenant().Read();
  const auto choice = ChooseAdopted({}, observed, {});
  EXPECT_THAT(choice.users, IsEmpty());
  EXPECT_EQ(choice.assignments(), 0U);
}

}  // namespace
}  // namespace seatkeeper
