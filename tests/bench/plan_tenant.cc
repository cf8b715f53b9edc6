#include "tests/bench/plan_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "policy/rule/parser.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/reading_needs.h"
#include "tests/bench/bench_rules.h"
#include "tests/bench/bench_tenant.h"
#include "tests/bench/rule_sql.h"

namespace seatkeeper::bench {
namespace {

constexpr int kProducts = 20;
constexpr int kPolicies = 50;
constexpr int kPlansPerProduct = 10;

std::string ProductName(int product) { return fmt::format("PRODUCT_{:02}", product); }
// Every other product has a mailbox, the apps and a place for files, for which changes are weighed.
std::string PlanName(int product, int plan) {
  constexpr const char* kWeighed[] = {"EXCHANGE_S", "OFFICESUBSCRIPTION", "SHAREPOINTENTERPRISE"};
  const bool weighed = product % 2 == 0 && plan < 3;
  return fmt::format("{}_{:02}_{}", weighed ? kWeighed[plan] : "PLAN", product, plan);
}

// The rules of the other benchmark, as far as SQL goes, and more of the most usual kind.
std::vector<BenchRule> RulesForSql() {
  std::vector<BenchRule> rules;
  for (auto& rule : BenchRules()) {
    if (RuleSql(rule.rule, BenchNow())) rules.push_back(std::move(rule));
  }
  for (int i = 0; rules.size() < kPolicies; ++i) {
    auto text = fmt::format(
        R"((user.department -in ["Department {}", "Department {}"]) -and (user.country -ne "Country {}"))",
        50 + i, 100 + i, i);
    auto rule = std::get<rule::Expression>(rule::Parse(text));
    rules.push_back({std::move(text), std::move(rule)});
  }
  return rules;
}

LicensePolicy PolicyFor(int number, BenchRule rule) {
  LicensePolicy policy{.name = fmt::format("policy-{:02}", number),
                       .at = {"policies.yaml", number + 1, 1},
                       .tenants = {},
                       .priority = number,
                       .subjects = {},
                       .licenses = {},
                       .revoke = std::nullopt,
                       .usage_location = std::nullopt,
                       .expires = std::nullopt};
  policy.subjects.of.rule = Rule{rule.name, std::move(rule.rule), policy.at};
  const int product = number % kProducts;
  const Positioned<std::string> written{ProductName(product), policy.at};
  if (number % 10 == 9) {
    policy.revoke = Revocation{.all = false, .products = {written}, .written = written};
    return policy;
  }
  Grant grant{.product = written, .plans = {}};
  if (number % 4 == 0) {
    grant.plans.kind = PlanSelection::Kind::kDisabled;
    grant.plans.plans = {{PlanName(product, 3), policy.at}, {PlanName(product, 7), policy.at}};
  }
  policy.licenses.push_back(std::move(grant));
  return policy;
}

Product MakeProduct(int number) {
  Product product{.id = SkuId{BenchPlan(1'000 + number).guid},
                  .part_number = ProductName(number),
                  .applies_to = "User",
                  .capability_status = "Enabled"};
  for (int plan = 0; plan < kPlansPerProduct; ++plan) {
    product.plans.push_back({.id = BenchPlan(2'000 + number * kPlansPerProduct + plan),
                             .name = PlanName(number, plan),
                             .provisioning_status = "Success",
                             .applies_to = "User"});
  }
  return product;
}

void CopyUser(const UserTable& users, Row row, ObservedBuilder& sink) {
  for (const auto& property : rule::Properties()) {
    if (const auto* texts = users.strings(property.property)) {
      if (texts->has_text(row)) sink.SetText(property.property, texts->text(row));
    } else if (const auto* flags = users.booleans(property.property)) {
      sink.SetBoolean(property.property, flags->value(row) == BooleanColumn::Value::kTrue);
    } else if (const auto* times = users.times(property.property)) {
      if (const auto time = times->time(row)) sink.SetTime(property.property, *time);
    }
  }
}

struct Held {
  std::size_t product;  // Of the DesiredState.
  std::vector<PlanId> disabled_plans;
};

// Who holds what, a part of them otherwise than the policies want.
class Drifter {
 public:
  Drifter(const DesiredState& desired, unsigned percent) : desired_(desired), percent_(percent) {}

  std::vector<Held> HeldBy(Row row) const {
    auto held = Wanted(row);
    const std::uint64_t random = ((row + 1) * 0x9e3779b97f4a7c15ULL) >> 16;
    if (random % 100 >= percent_) return held;
    const auto kind = random / 100 % 10;
    const auto any = random / 1'000;
    if (kind == 9 && SwitchPlansOn(held)) return held;
    const bool lacks = kind < 5 && !held.empty();
    if (lacks) held.erase(held.begin() + static_cast<std::ptrdiff_t>(any % held.size()));
    if (!lacks || kind == 4) AddUnwanted(row, any, held);
    return held;
  }

 private:
  std::vector<Held> Wanted(Row row) const {
    std::vector<Held> held;
    for (std::size_t i = 0; i < desired_.products.size(); ++i) {
      const auto& product = desired_.products[i];
      if (!product.granted.Contains(row)) continue;
      const auto shape = desired_.ShapeOf(product, row);
      held.push_back({i, shape.statement == nullptr ? std::vector<PlanId>()
                                                    : shape.statement->disabled_plans});
    }
    return held;
  }

  static bool SwitchPlansOn(std::vector<Held>& held) {
    for (auto& one : held) {
      if (one.disabled_plans.empty()) continue;
      one.disabled_plans.clear();
      return true;
    }
    return false;
  }

  void AddUnwanted(Row row, std::size_t from, std::vector<Held>& held) const {
    const auto count = desired_.products.size();
    for (std::size_t i = 0; i < count; ++i) {
      const auto product = (from + i) % count;
      if (desired_.products[product].granted.Contains(row)) continue;
      held.push_back({product, {}});
      return;
    }
  }

  const DesiredState& desired_;
  unsigned percent_;
};

// What the tenant has bought: of most products a few seats more than the policies ask for.
void AddProducts(const DesiredState& desired, const std::vector<int>& consumed,
                 ObservedBuilder& sink) {
  for (int i = 0; i < kProducts; ++i) {
    auto product = MakeProduct(i);
    const auto found =
        std::find_if(desired.products.begin(), desired.products.end(),
                     [&](const DesiredProduct& one) { return one.id == product.id; });
    const auto wanted = static_cast<int>(found->granted.Count());
    product.consumed = consumed[static_cast<std::size_t>(found - desired.products.begin())];
    product.prepaid.enabled = wanted + (i % 7 == 3 ? -wanted / 200 : wanted / 100);
    sink.AddProduct(std::move(product));
  }
}

ObservedState WithProductsAlone(const UserTable& users, const PropertySet& properties) {
  ObservedBuilder sink(properties);
  for (Row row = 0; row < users.size(); ++row) {
    sink.BeginUser(users.id(row));
    CopyUser(users, row, sink);
    sink.EndUser();
  }
  for (int i = 0; i < kProducts; ++i) sink.AddProduct(MakeProduct(i));
  return sink.Finish("bench", BenchNow());
}

}  // namespace

PolicySet PlanPolicies() {
  PolicySet policies;
  int number = 0;
  for (auto& rule : RulesForSql()) {
    policies.license_policies.push_back(PolicyFor(number++, std::move(rule)));
  }
  for (int i = 0; i < kProducts; ++i) {
    const SourcePosition at{"products.yaml", i + 1, 1};
    policies.product_policies.push_back({.name = fmt::format("product-{:02}", i),
                                         .at = at,
                                         .tenants = {},
                                         .product = {ProductName(i), at},
                                         .management = Management::kFull,
                                         .unassign = {.after = {}, .confirmations = 1}});
  }
  policies.guardrails.push_back({.name = "no limits",
                                 .max_unassign = AmountLimit{},
                                 .max_assign = AmountLimit{},
                                 .max_changes = FigureLimit{},
                                 .mailbox_loss = MailboxLoss::kAllow});
  return policies;
}

ObservedState WithDrift(const UserTable& users, const PolicySet& policies, unsigned percent) {
  const auto properties = ReadingNeeds(policies, "bench").properties;
  const auto bare = WithProductsAlone(users, properties);
  const auto desired = ResolveDesired(policies, "bench", bare, BenchNow(), {}, {});
  if (!desired) throw std::logic_error(desired.error().message);
  const Drifter drifter(*desired, percent);
  std::vector<int> consumed(desired->products.size());
  ObservedBuilder sink(properties);
  for (Row row = 0; row < users.size(); ++row) {
    sink.BeginUser(users.id(row));
    CopyUser(users, row, sink);
    sink.AssignmentsKnown();
    for (const auto& held : drifter.HeldBy(row)) {
      ++consumed[held.product];
      sink.AddAssignment({.product = desired->products[held.product].id,
                          .source = AssignmentSource::kDirect,
                          .disabled_plans = held.disabled_plans});
    }
    sink.EndUser();
  }
  AddProducts(*desired, consumed, sink);
  return sink.Finish("bench", BenchNow());
}

ObservedState Reread(const ObservedState& observed, std::uint32_t every) {
  ObservedBuilder sink(observed.properties);
  const auto& users = observed.users;
  for (Row row = 0; row < users.size(); row += every) {
    sink.BeginUser(users.id(row));
    CopyUser(users, row, sink);
    if (users.assignments_known(row)) sink.AssignmentsKnown();
    for (const auto& held : users.assignments(row)) {
      sink.AddAssignment({.product = observed.product_ids[held.product],
                          .source = held.source,
                          .disabled_plans = observed.plan_sets[held.disabled_plans]});
    }
    sink.EndUser();
  }
  for (const auto& product : observed.products) sink.AddProduct(product);
  return sink.Finish(observed.tenant, observed.read_at);
}

}  // namespace seatkeeper::bench
