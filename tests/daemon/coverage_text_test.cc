#include "daemon/coverage_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "tests/support/golden.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::TestTenant;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kGroup = AssignmentSource::kGroup;

TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "E5"}, {.name = "VISIO"}};
  tenant.users = {
      {.name = "ada", .licenses = {{.product = "E5"}, {.product = "VISIO"}}},
      {.name = "ben",
       .licenses = {{.product = "E5"}, {.product = "E5", .source = kGroup, .group = "G"}}},
      {.name = "cleo",
       .licenses = {{.product = "E5",
                     .source = kGroup,
                     .group = "G",
                     .state = AssignmentState::kError,
                     .error = "CountViolation"}}},
      {.name = "dan", .assignments_known = false}};
  for (int i = 0; i < 12; ++i) {
    tenant.users.push_back({.name = fmt::format("user{:02}", 20 - i)});
  }
  return tenant;
}

std::string Rendered(const TestTenant& tenant, bool json, bool full = false) {
  const auto policies = test::Policies(
      {Grants("everybody", "{rule: user.accountEnabled -eq true}", "[{product: E5}]"),
       Grants("nobody", "{groups: [Nowhere]}", "[{product: VISIO}]"),
       "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: leavers}\nspec:\n"
       "  priority: 5\n  subjects: {users: [ada@contoso.com]}\n  revoke: [VISIO]\n",
       test::Manages("VISIO", "full")});
  const auto observed = tenant.Read();
  const auto desired = ResolveDesired(policies, "contoso", observed, {});
  if (!desired) throw std::runtime_error(desired.error().message);
  const CoverageReport report{.head = {.tenant = "contoso",
                                       .read_at = observed.read_at,
                                       .policy_revision = "sha256:0123456789abcdef"},
                              .observed = observed,
                              .policies = CoverageOf(*desired, observed),
                              .warnings = desired->warnings};
  std::ostringstream out;
  if (json) {
    WriteCoverageJson(report, out);
  } else {
    WriteCoverageText(report, full, out);
  }
  return out.str();
}

TEST(CoverageText, IsForPeople) {
  test::ExpectGolden("coverage_text.txt", Rendered(Contoso(), false));
}

TEST(CoverageText, JsonNamesEverybodyNoted) {
  test::ExpectGolden("coverage_json.json", Rendered(Contoso(), true));
}

TEST(CoverageText, FullUnfoldsTheNames) {
  EXPECT_THAT(Rendered(Contoso(), false),
              AllOf(HasSubstr("... and 2 more (--full shows all)"), Not(HasSubstr("user20@"))));
  EXPECT_THAT(Rendered(Contoso(), false, true),
              AllOf(Not(HasSubstr("more (")), HasSubstr("user20@contoso.com")));
}

TEST(CoverageText, NamesCannotWriteToTheTerminal) {
  auto tenant = Contoso();
  tenant.User("cleo").principal_name = "cleo\x1b[31m\xff@contoso.com";
  EXPECT_THAT(Rendered(tenant, false), HasSubstr("cleo?[31m?@contoso.com"));
  EXPECT_THAT(Rendered(tenant, true), HasSubstr("cleo\\u001b[31m\xEF\xBF\xBD@contoso.com"));
}

}  // namespace
}  // namespace seatkeeper
