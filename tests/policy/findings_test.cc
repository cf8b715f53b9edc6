// Every finding of the loader, with its exact place. The rows' "@@" marks the place.

#include <gtest/gtest.h>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

using test::Case;
using test::Check;
using test::License;
using test::Limits;
using test::Product;

std::string Envelope(std::string_view head) {
  return std::string(head) + "\nspec: {maxUnassign: off}\n";
}

std::string WithSubjects(std::string_view subjects) {
  return License("  subjects: " + std::string(subjects) + "\n  licenses: [{product: SPB}]");
}

std::string WithLicenses(std::string_view licenses) {
  return License("  subjects: {users: [a@b.c]}\n  licenses: " + std::string(licenses));
}

TEST(Findings, Envelope) {
  const Case rows[] = {
      {"version", Envelope("apiVersion: @@seatkeeper/v2\nkind: Guardrails\nmetadata: {name: g}"),
       "api-version", 13, "seatkeeper/v1"},
      {"no version", Envelope("@@kind: Guardrails\nmetadata: {name: g}"), "missing-key", 1,
       "`apiVersion`"},
      {"kind", Envelope("apiVersion: seatkeeper/v1\nkind: @@Guardrail\nmetadata: {name: g}"),
       "unknown-kind", 9, "did you mean `Guardrails`?"},
      {"config", "apiVersion: seatkeeper/v1\nkind: @@Config\npolicy: {path: x}\n",
       "config-in-policies", 6, "out of the policy directory"},
      {"no kind", Envelope("@@apiVersion: seatkeeper/v1\nmetadata: {name: g}"), "missing-key", 1,
       "`kind`"},
      {"empty kind", Envelope("apiVersion: seatkeeper/v1\n@@kind:\nmetadata: {name: g}"),
       "empty-value", 4, "`kind`"},
      {"a list", "@@[a]\n", "wrong-type", 1, "must be a mapping"},
      {"a text", "@@text\n", "wrong-type", 4, "must be a mapping"},
      {"unknown key",
       Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g}\n@@status: 1"),
       "unknown-key", 6, "known keys"},
      {"no name", Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: @@{}"),
       "missing-key", 1, "`name`"},
      {"bad name", Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: @@a/b}"),
       "bad-name", 3, "`a/b`"},
      {"long name",
       Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: @@" +
                std::string(129, 'x') + "}"),
       "bad-name", 129, "128"},
      {"selector",
       Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g, "
                "@@tenantSelector: {tier: gold}}"),
       "not-yet-in-force", 14, "`tenantSelector`"},
      {"no tenants",
       Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g, tenants: @@[]}"),
       "empty-list", 1, "leave the key out"},
      {"scalar tenant",
       Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g, tenants: @@all}"),
       "wrong-type", 3, "must be a list"},
      {"all and one",
       Envelope(
           "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g, tenants: [@@all, b]}"),
       "bad-value", 3, "`all` stands beside other tenants"},
      {"tenant twice",
       Envelope("apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g, tenants: [b, "
                "@@b]}"),
       "duplicate-tenant", 1, "twice"},
      {"no spec", "@@apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g}\n",
       "missing-key", 1, "`spec`"},
      {"empty spec", "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g}\n@@spec:\n",
       "empty-value", 4, "`spec` has no value"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(Findings, LicensePolicy) {
  const Case rows[] = {
      {"unknown key", WithLicenses("[{product: SPB}]\n  @@licence: 1"), "unknown-key", 7,
       "`licenses`"},
      {"usageLocation without a location", WithLicenses("[{product: SPB}]\n  usageLocation: @@{}"),
       "no-location", 1, "from, default or both"},
      {"usageLocation in no country",
       WithLicenses("[{product: SPB}]\n  usageLocation: {default: @@ZZ}"), "bad-country", 2,
       "ISO 3166"},
      {"usageLocation from nowhere",
       WithLicenses("[{product: SPB}]\n  usageLocation: {from: @@cuontry}"), "unknown-property", 7,
       "`country`"},
      {"usageLocation from itself",
       WithLicenses("[{product: SPB}]\n  usageLocation: {from: @@UsageLocation}"),
       "unknown-property", 13, "from: country"},
      {"delivery to a rule's users",
       License("  subjects: {groups: [A], @@rule: user.city -eq \"X\"}\n"
               "  licenses: [{product: SPB}]\n  delivery: group"),
       "delivery-by-group", 4, "name groups only"},
      {"delivery with locations",
       License("  subjects: {groups: [A]}\n  licenses: [{product: SPB}]\n"
               "  @@usageLocation: {default: FR}\n  delivery: group"),
       "delivery-by-group", 13, "delivers to users"},
      {"priority", WithLicenses("[{product: SPB}]\n  priority: @@high"), "wrong-type", 4,
       "a whole number"},
      {"priority range", WithLicenses("[{product: SPB}]\n  priority: @@99999999"), "out-of-range",
       8, "1000000"},
      {"no licenses", License("  @@subjects: {users: [a@b.c]}"), "missing-key", 1, "`licenses`"},
      {"empty licenses", WithLicenses("@@[]"), "empty-list", 1, "at least one product"},
      {"scalar licence", WithLicenses("[@@SPE_E5]"), "wrong-type", 6, "write - product: SPE_E5"},
      {"no product", WithLicenses("[@@{disabledPlans: []}]"), "missing-key", 1, "`product`"},
      {"both lists", WithLicenses("[{product: SPB, disabledPlans: [], enabledPlans: @@[]}]"),
       "both-plan-lists", 1, "stand together"},
      {"same product", WithLicenses("[{product: SPB}, {product: @@spb}]"), "duplicate-product", 3,
       "first in line 6"},
      {"same product by id",
       WithLicenses("[{product: SPB}, {product: @@cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46}]"),
       "duplicate-product", 36, "granted twice"},
      {"same plan", WithLicenses("[{product: SPE_E5, disabledPlans: [TEAMS1, @@teams1]}]"),
       "duplicate-plan", 6, "named twice"},
      {"same plan by id",
       WithLicenses("[{product: SPE_E5, disabledPlans: [TEAMS1, "
                    "@@57ff2da0-773e-42df-b2af-ffb7a2317929]}]"),
       "duplicate-plan", 36, "named twice"},
      {"unknown product", WithLicenses("[{product: @@SPE_E55}]"), "unknown-product", 7, "SPE_E5",
       Severity::kWarning},
      {"plan of another product",
       WithLicenses("[{product: VISIOCLIENT, disabledPlans: [@@TEAMS1]}]"), "unknown-plan", 6,
       "of VISIOCLIENT", Severity::kWarning},
      {"misspelt plan", WithLicenses("[{product: SPE_E5, enabledPlans: [@@TAEMS1]}]"),
       "unknown-plan", 6, "did you mean `TEAMS1`?", Severity::kWarning},
      {"unknown plan of a product by id",
       WithLicenses("[{product: 11111111-1111-1111-1111-111111111111, enabledPlans: [@@QQQQ_QQ]}]"),
       "unknown-plan", 7, "not a known service plan", Severity::kWarning},
      {"scalar plans", WithLicenses("[{product: SPB, disabledPlans: @@TEAMS1}]"), "wrong-type", 6,
       "must be a list"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(Findings, Subjects) {
  const Case rows[] = {
      {"nobody", WithSubjects("@@{}"), "no-subjects", 1, "at least one of rule, groups and users"},
      {"only where", WithSubjects("@@{where: user.city -eq null}"), "no-subjects", 1, "selects"},
      {"only except", WithSubjects("@@{except: {users: [a@b.c]}}"), "no-subjects", 1, "selects"},
      {"empty groups", WithSubjects("{groups: @@[]}"), "empty-list", 1, "leave the key out"},
      {"empty users", WithSubjects("{users: @@[]}"), "empty-list", 1, "leave the key out"},
      {"null groups", WithSubjects("{users: [a@b.c], @@groups: }"), "empty-value", 6,
       "leave the key out"},
      {"empty except", WithSubjects("{users: [a@b.c], except: @@{}}"), "no-subjects", 1,
       "`spec.subjects.except`"},
      {"where in except", WithSubjects("{users: [a@b.c], except: {users: [b@b.c], @@where: x}}"),
       "unknown-key", 5, "in `spec.subjects.except`"},
      {"user", WithSubjects("{users: [@@lee]}"), "not-a-user-name", 3, "with its domain",
       Severity::kWarning},
      {"group twice", WithSubjects("{groups: [A, @@a]}"), "duplicate-entry", 1, "twice",
       Severity::kWarning},
      {"all excepted", WithSubjects("{users: [a@b.c], except: @@{users: [A@b.c]}}"),
       "selects-nobody", 1, "all its users are excepted", Severity::kWarning},
      {"list of lists", WithSubjects("{groups: [@@[A]]}"), "wrong-type", 1, "must be text"},
      {"empty text", WithSubjects("{groups: [@@\"\"]}"), "empty-value", 2, "no value"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(Findings, RuleAtItsColumn) {
  const Case rows[] = {
      {"plain", WithSubjects("\n    rule: @@user.departmnet -eq \"a\""), "rule-unknown-property",
       15, "did you mean `user.department`?"},
      {"plain, later", WithSubjects("\n    rule: user.city -eq \"a\" -and user.city @@-lke \"b\""),
       "rule-unknown-operator", 4, "unknown operator"},
      {"single quotes", WithSubjects("{rule: 'user.city -eq @@Graz'}"), "rule-unquoted", 4,
       "\"Graz\""},
      {"double quotes", WithSubjects("{rule: \"user.city -eq @@true\"}"), "rule-type", 4, "text"},
      {"escapes", WithSubjects("{rule: @@\"user.city -eq \\\"a\\\" x\"}"), "rule-unknown-operator",
       23, "(character 19 of the rule)"},
      {"doubled quotes", WithSubjects("{rule: @@'user.city -eq ''a'' x'}"), "rule-unknown-operator",
       23, "(character 19 of the rule)"},
      {"block", WithSubjects("\n    rule: @@|\n      user.city -eq\n      x"), "rule-unquoted", 1,
       "(line 2, character 1 of the rule)"},
      {"folded", WithSubjects("\n    rule: @@user.city\n      -eq x"), "rule-unquoted", 9,
       "(character 15 of the rule)"},
      {"after umlauts",
       WithSubjects("\n    rule: user.city -eq \"Köln\" @@–and user.city -eq null"),
       "rule-typographic", 3, "type a hyphen -"},
      {"where", WithSubjects("{users: [a@b.c], where: @@device.x -eq 1}"), "rule-device", 8,
       "users, not devices"},
      {"except", WithSubjects("{users: [a@b.c], except: {rule: user.mail -match @@'('}}"),
       "rule-regex", 3, "missing )"},
      {"where, regular expression",
       WithSubjects("\n    users: [a@b.c]\n    where: user.mail -match @@\"^(?=a)\""), "rule-regex",
       8, "no lookahead; only .NET has"},
      {"blank rule", WithSubjects("{rule: '@@ '}"), "rule-empty", 1, "everybody"},
      {"a comment eats the rule", WithSubjects("\n    rule: user.city -eq @@\"Team #1\""),
       "rule-syntax", 1, "begins a comment"},
      {"nobody", WithSubjects("\n    rule: user.city -eq \"a\" -and @@user.city -eq \"b\""),
       "rule-matches-nobody", 9, "user.city", Severity::kWarning},
      {"everybody", WithSubjects("\n    rule: user.city -eq \"a\" -or @@user.city -ne \"a\""),
       "rule-matches-everybody", 9, "user.city", Severity::kWarning},
      {"plainer", WithSubjects("{rule: 'user.state -eq null -or @@user.city -match \"^a\"'}"),
       "rule-plainer", 9, "write user.city -startsWith", Severity::kWarning},
      {"letter case in a block",
       WithSubjects("\n    rule: @@|\n      user.city -eq null -or\n"
                    "      User.City -eq null"),
       "rule-property-case", 1, "(line 2, character 1 of the rule)", Severity::kWarning},
      {"own", WithSubjects("\n    rule: @@user.employeeType -eq \"a\""), "rule-not-in-entra", 17,
       "user.employeeType", Severity::kWarning},
  };
  for (const auto& row : rows) Check(row);
}

TEST(Findings, ProductPolicy) {
  const std::string product = "  product: SPE_E5\n";
  const Case rows[] = {
      {"management", Product(product + "  management: @@ful"), "bad-value", 3,
       "did you mean `full`?"},
      {"no confirmation", Product(product + "  unassign: {confirmations: @@0}"), "out-of-range", 1,
       "from 1 to 1000"},
      {"duration", Product(product + "  unassign: {after: @@soon, confirmations: 1}"),
       "bad-duration", 4, "14d"},
      {"spare", Product(product + "  spare: @@{}"), "no-limit", 1, "min, max or both"},
      {"spare reversed", Product(product + "  spare: {min: @@5, max: 4}"), "bad-value", 1,
       "min is where a shortage begins"},
      {"price places",
       Product(product + "  unitPrice: {amount: @@5.00255, currency: EUR, per: month}"),
       "bad-value", 7, "four places"},
      {"new plans", Product(product + "  newPlans: @@on"), "bad-value", 2,
       "one of enable, disable, hold"},
      {"no product", Product("  @@management: observe"), "missing-key", 1, "`product`"},
      {"unknown product", Product("  product: @@Microsoft 356 E5"), "unknown-product", 16,
       "Microsoft 365 E5", Severity::kWarning},
  };
  for (const auto& row : rows) Check(row);
}

TEST(Findings, Guardrails) {
  const Case rows[] = {
      {"word", Limits("  maxUnassign: @@on"), "wrong-type", 2, "or `off`"},
      {"number", Limits("  maxUnassign: @@5"), "wrong-type", 1, "{seats: 25, percent: 5}"},
      {"no part", Limits("  maxUnassign: @@{}"), "no-limit", 1, "explicit off"},
      {"null", Limits("  @@maxUnassign:"), "empty-value", 11, "no value"},
      {"negative", Limits("  maxUnassign: {seats: @@-1}"), "out-of-range", 2, "from 0"},
      {"percent", Limits("  maxUnassign: {percent: @@101}"), "out-of-range", 3, "from 0 to 100"},
      {"sign", Limits("  maxUnassign: {percent: @@5%}"), "wrong-type", 2, "a number"},
      {"key", Limits("  maxUnassign: {@@seat: 1, percent: 1}"), "unknown-key", 4, "`seats`"},
      {"assign no part", Limits("  maxAssign: @@{}"), "no-limit", 1, "explicit off"},
      {"assign number", Limits("  maxAssign: @@500"), "wrong-type", 3, "or off"},
      {"changes word", Limits("  maxChanges: @@many"), "wrong-type", 4, "or off"},
      {"changes none", Limits("  maxChanges: @@0"), "out-of-range", 1, "from 1"},
      {"user loss number", Limits("  maxUserLoss: @@10"), "wrong-type", 2, "or off"},
      {"user loss empty", Limits("  maxUserLoss: @@{}"), "missing-key", 1, "percent"},
      {"protects nobody", Limits("  protected: @@{}"), "no-subjects", 1, "protects nobody"},
      {"no groups", Limits("  protected: {groups: @@[]}"), "empty-list", 1, "names nobody"},
      {"protected key", Limits("  protected: {@@rule: x, users: [a@b.c]}"), "unknown-key", 4,
       "`rule`"},
      {"mailboxLoss", Limits("  mailboxLoss: @@aprove"), "bad-value", 6, "approve"},
      {"no window", Limits("  windows: @@[]"), "empty-list", 1, "names no window"},
      {"no day", Limits("  windows: [{days: @@[], from: 09:00, to: 17:00, timezone: UTC}]"),
       "empty-list", 1, "names no day"},
      {"zone",
       Limits("  windows: [{days: [mon], from: 09:00, to: 17:00, timezone: @@Europe/Pari}]"),
       "unknown-time-zone", 11, "`Europe/Paris`"},
      {"zone's case",
       Limits("  windows: [{days: [mon], from: 09:00, to: 17:00, timezone: @@europe/paris}]"),
       "unknown-time-zone", 12, "`Europe/Paris`"},
      {"no zone at all",
       Limits("  windows: [{days: [mon], from: 09:00, to: 17:00, timezone: @@Headquarters}]"),
       "unknown-time-zone", 12, "IANA"},
      {"the machine's zone",
       Limits("  windows: [{days: [mon], from: 09:00, to: 17:00, timezone: @@localtime}]"),
       "unknown-time-zone", 9, "no time zone"},
      {"no freeze", Limits("  freezes: @@[]"), "empty-list", 1, "names no freeze"},
      {"freeze reversed", Limits("  freezes: [{from: 2027-01-03, to: @@2026-12-20}]"), "bad-value",
       10, "ends before it begins"},
      {"nothing", "{apiVersion: seatkeeper/v1, kind: Guardrails, metadata: {name: g}, spec: @@{}}",
       "says-nothing", 1, "empty", Severity::kWarning},
  };
  for (const auto& row : rows) Check(row);
}

TEST(Findings, PolicyTest) {
  const auto test = [](const std::string& spec) {
    return "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: p}\n"
           "spec: {subjects: {users: [a@b.c]}, licenses: [{product: SPE_E3}]}\n---\n"
           "apiVersion: seatkeeper/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n" +
           spec + "\n";
  };
  const std::string user = "  users: [{userPrincipalName: a@b.c}]\n";
  const std::string expect = "  expect: [{user: a@b.c, licenses: []}]\n";
  const auto with = [&](const std::string& property) {
    return test("  users: [{userPrincipalName: a@b.c, " + property + "}]\n" + expect);
  };
  const Case rows[] = {
      {"misspelt property", with("@@departement: Sales"), "unknown-property", 11,
       "did you mean `department`?"},
      {"name in rules", with("@@mobile: 1"), "unknown-property", 6, "Graph calls it `mobilePhone`"},
      {"outside of its mapping", with("@@extensionAttribute1: 1"), "unknown-property", 19,
       "in the mapping `onPremisesExtensionAttributes`"},
      {"licences", with("@@assignedLicenses: []"), "unknown-property", 16, "`holds`"},
      {"no boolean", with("accountEnabled: @@\"true\""), "wrong-type", 6, "true, false or null"},
      {"no text", with("department: @@[Sales]"), "wrong-type", 1, "a text or null"},
      {"no list", with("otherMails: @@a@b.c"), "wrong-type", 5, "a list of texts"},
      {"no moment", with("employeeHireDate: @@soon"), "wrong-type", 4, "a moment"},
      {"no mapping", with("signInActivity: @@never"), "wrong-type", 5, "a mapping"},
      {"no id", with("id: @@a"), "wrong-type", 1, "a GUID"},
      {"group twice",
       test(user + "  groups: [{displayName: G, members: []}, {displayName: @@g, members: []}]\n" +
            expect),
       "duplicate-group", 1, "made up twice"},
      {"member", test(user + "  groups: [{displayName: G, members: [@@b@b.c]}]\n" + expect),
       "unknown-member", 5, "did you mean `a@b.c`?"},
      {"holder", test(user + "  holds: [{user: @@b@b.c, product: SPE_E3}]\n" + expect),
       "unknown-user", 5, "did you mean `a@b.c`?"},
      {"source", test(user + "  holds: [{user: a@b.c, product: SPE_E3, group: @@G}]\n" + expect),
       "unknown-group", 1, "none of the groups"},
      {"own group",
       test(user +
            "  groups: [{displayName: G, members: []}]\n"
            "  holds: [{user: a@b.c, product: SPE_E3, group: @@G, owned: true}]\n" +
            expect),
       "owned-through-group", 1, "not seatkeeper's own"},
      {"seats twice",
       test(user +
            "  seats: [{product: SPE_E3, purchased: 1}, {product: @@spe_e3, purchased: 2}]\n" +
            expect),
       "duplicate-product", 6, "counted"},
      {"no expectation", test(user + "  expect: [@@{user: a@b.c}]\n"), "no-expectation", 1,
       "`licenses`, `without` or `plans`"},
      {"no plans", test(user + "  expect: [{user: a@b.c, plans: [@@{product: SPE_E3}]}]\n"),
       "no-expectation", 1, "`off`"},
      {"by nothing", test(user + "  expect: [{user: a@b.c, licenses: [], by: @@p}]\n"),
       "decides-nothing", 1, "about no product"},
      {"day", test(user + "  at: @@2026-02-30\n" + expect), "bad-date", 10, "2027-03-31"},
  };
  for (const auto& row : rows) Check(row);
}

}  // namespace
}  // namespace seatkeeper
