#include "reconciler/plan/coverage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::IdOf;
using test::TestTenant;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kGroup = AssignmentSource::kGroup;
const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

// "engineering grants E5: partial direct=1 group=1 none=1; noted cleo", a statement a line.
std::vector<std::string> Covered(const TestTenant& tenant,
                                 const std::vector<std::string>& documents,
                                 const std::vector<std::string>& only = {},
                                 const SkuId* product = nullptr) {
  const auto policies = test::Policies(documents);
  const auto observed = tenant.Read();
  const auto desired = ResolveDesired(policies, "contoso", observed, {});
  if (!desired) throw std::runtime_error(desired.error().message);
  std::vector<std::string> lines;
  for (const auto& policy : CoverageOf(*desired, observed, only, product)) {
    for (const auto& each : policy.products) {
      auto line = fmt::format("{} {} {}: {}", policy.policy,
                              each.says == PolicyStatement::Kind::kGrant ? "grants" : "revokes",
                              each.name, ToString(each.extent()));
      for (std::size_t i = 0; i < kCoverageKinds; ++i) {
        const auto kind = static_cast<Coverage>(i);
        if (each.counts[i] > 0) line += fmt::format(" {}={}", ToString(kind), each.counts[i]);
      }
      if (each.decided_otherwise > 0) line += fmt::format(" otherwise={}", each.decided_otherwise);
      if (each.on_other_rung > 0) line += fmt::format(" rung={}", each.on_other_rung);
      line += "; noted";
      each.noted.ForEach([&](Row row) { line += " " + test::NameOf(observed.users.id(row).guid); });
      lines.push_back(line);
    }
  }
  return lines;
}

TestTenant Tenant(std::vector<test::TestUser> users) {
  TestTenant tenant;
  tenant.products = {{.name = "E5"}, {.name = "E3"}};
  tenant.users = std::move(users);
  return tenant;
}

TEST(Coverage, TellsAllPartialAndNone) {
  const std::vector<std::string> grants{Grants("p", kEverybody, "[{product: E5}]")};
  auto tenant = Tenant({{.name = "ada", .licenses = {{.product = "E5"}}}, {.name = "ben"}});
  EXPECT_THAT(Covered(tenant, grants),
              ElementsAre("p grants E5: partial direct=1 none=1; noted ben"));
  tenant.User("ben").licenses = {{.product = "E5", .source = kGroup, .group = "G"}};
  EXPECT_THAT(Covered(tenant, grants), ElementsAre("p grants E5: all direct=1 group=1; noted"));
  for (auto& user : tenant.users) user.licenses = {{.product = "E3"}};
  EXPECT_THAT(Covered(tenant, grants), ElementsAre("p grants E5: none none=2; noted ada ben"));
  EXPECT_THAT(
      Covered(tenant, {Grants("p", "{rule: user.department -eq \"x\"}", "[{product: E5}]")}),
      ElementsAre("p grants E5: nobody-selected; noted"));
}

TEST(Coverage, DoesNotCountAgents) {
  const std::vector<std::string> grants{Grants("p", kEverybody, "[{product: E5}]")};
  const auto tenant = Tenant(
      {{.name = "ada", .licenses = {{.product = "E5"}}},
       {.name = "bot", .type = "#microsoft.graph.agentUser"},
       {.name = "bot2", .licenses = {{.product = "E5"}}, .type = "#microsoft.graph.agentUser"}});
  EXPECT_THAT(Covered(tenant, grants), ElementsAre("p grants E5: all direct=1; noted"));
}

TEST(Coverage, TellsEverySourceApart) {
  auto tenant = Tenant(
      {{.name = "ada", .licenses = {{.product = "E5"}}},
       {.name = "ben",
        .licenses = {{.product = "E5"}, {.product = "E5", .source = kGroup, .group = "G"}}},
       {.name = "cleo", .licenses = {{.product = "E5", .source = AssignmentSource::kUnknown}}},
       {.name = "dan",
        .licenses = {{.product = "E5",
                      .source = kGroup,
                      .group = "G",
                      .state = AssignmentState::kError,
                      .error = "CountViolation"}}},
       {.name = "eve", .assignments_known = false}});
  EXPECT_THAT(Covered(tenant, {Grants("p", kEverybody, "[{product: E5}]")}),
              ElementsAre("p grants E5: partial direct=1 both=1 unclear=1 no-seat=1 unknown=1; "
                          "noted dan eve"));
}

TEST(Coverage, UnknownIsNeitherAllNorNone) {
  const std::vector<std::string> grants{Grants("p", kEverybody, "[{product: E5}]")};
  auto tenant = Tenant({{.name = "ada", .licenses = {{.product = "E5"}}},
                        {.name = "ben", .assignments_known = false}});
  EXPECT_THAT(Covered(tenant, grants),
              ElementsAre("p grants E5: unknown direct=1 unknown=1; noted ben"));
  tenant.User("ada").licenses.clear();
  EXPECT_THAT(Covered(tenant, grants),
              ElementsAre("p grants E5: unknown none=1 unknown=1; noted ada ben"));
}

TEST(Coverage, OfARevocationNotesWhoStillHolds) {
  const auto tenant = Tenant({{.name = "ada", .licenses = {{.product = "E5"}}}, {.name = "ben"}});
  const std::string revokes =
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: leavers}\nspec:\n"
      "  priority: 5\n  subjects: {users: [ada@contoso.com]}\n  revoke: [E5]\n";
  EXPECT_THAT(Covered(tenant, {revokes, test::Manages("E5", "full"),
                               Grants("p", kEverybody, "[{product: E5}]")}),
              ElementsAre("leavers revokes E5: all direct=1; noted ada",
                          "p grants E5: partial direct=1 none=1 otherwise=1; noted ben"));
}

TEST(Coverage, CountsWhoHoldsAnotherRung) {
  const auto tenant = Tenant({{.name = "ada", .licenses = {{.product = "E3"}}}, {.name = "ben"}});
  EXPECT_THAT(Covered(tenant, {"apiVersion: seatkeeper/v1\nkind: ProductLadder\n"
                               "metadata: {name: suites}\nspec: {products: [E5, E3]}\n",
                               Grants("p", kEverybody, "[{product: E5}]")}),
              ElementsAre("p grants E5: none none=2 rung=1; noted ada ben"));
}

TEST(Coverage, KeepsOnlyWhatIsAskedFor) {
  const auto tenant = Tenant({{.name = "ada"}});
  const std::vector<std::string> documents{
      Grants("p", kEverybody, "[{product: E3}, {product: E5}]"),
      Grants("q", kEverybody, "[{product: E3}]")};
  EXPECT_THAT(Covered(tenant, documents, {"q"}),
              ElementsAre("q grants E3: none none=1; noted ada"));
  const auto e5 = IdOf<SkuId>("E5");
  EXPECT_THAT(Covered(tenant, documents, {}, &e5),
              ElementsAre("p grants E5: none none=1; noted ada"));
  EXPECT_THAT(Covered(tenant, documents, {"q"}, &e5), IsEmpty());
}

}  // namespace
}  // namespace seatkeeper
