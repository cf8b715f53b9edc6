#include "tests/bench/plan_sql.h"

#include <fmt/format.h>
#include <fmt/os.h>

#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "policy/text.h"
#include "tests/bench/bench_tenant.h"
#include "tests/bench/rule_sql.h"

namespace seatkeeper::bench {
namespace {

std::set<rule::Property> PropertiesOf(const PolicySet& policies) {
  std::set<rule::Property> properties;
  for (const auto& policy : policies.license_policies) {
    rule::ForEachOperand(policy.subjects.of.rule->expression, [&](const rule::Operand& operand) {
      properties.insert(std::get<rule::Property>(operand));
    });
  }
  return properties;
}

std::string Cell(const UserTable& users, rule::Property property, Row row) {
  if (const auto* texts = users.strings(property)) {
    return texts->has_text(row) ? fmt::format("\"{}\"", FoldCase(texts->text(row))) : "";
  }
  if (const auto* flags = users.booleans(property)) {
    const auto value = flags->value(row);
    return value <= BooleanColumn::Value::kNull   ? ""
           : value == BooleanColumn::Value::kTrue ? "true"
                                                  : "false";
  }
  const auto time = users.times(property)->time(row);
  return time ? std::to_string(time->time_since_epoch().count()) : "";
}

std::size_t NumberOf(const ObservedState& observed, const std::string& part_number) {
  for (std::size_t i = 0; i < observed.products.size(); ++i) {
    if (observed.products[i].part_number == part_number) return i;
  }
  throw std::logic_error(part_number);
}

}  // namespace

void WriteUsersCsv(const ObservedState& observed, const PolicySet& policies,
                   const std::string& folder) {
  auto file = fmt::output_file(folder + "/users.csv");
  const auto properties = PropertiesOf(policies);
  file.print("id");
  for (const auto property : properties) file.print(",{}", SqlColumn(property));
  file.print("\n");
  for (Row row = 0; row < observed.users.size(); ++row) {
    file.print("{}", row);
    for (const auto property : properties) file.print(",{}", Cell(observed.users, property, row));
    file.print("\n");
  }
}

void WriteHeldCsv(const ObservedState& observed, const std::string& path) {
  auto file = fmt::output_file(path);
  file.print("id,product\n");
  for (Row row = 0; row < observed.users.size(); ++row) {
    for (const auto& assignment : observed.users.assignments(row)) {
      file.print("{},{}\n", row, assignment.product);
    }
  }
}

std::string DriftSql(const ObservedState& observed, const PolicySet& policies) {
  // Per product the rules from the highest priority down: the first that selects a user decides.
  std::map<std::size_t, std::string> cases;
  for (auto policy = policies.license_policies.rbegin(); policy != policies.license_policies.rend();
       ++policy) {
    const auto& named =
        policy->revoke ? policy->revoke->products.front() : policy->licenses.front().product;
    const auto product = NumberOf(observed, named.value);
    cases[product] += fmt::format("    WHEN {} THEN {}\n",
                                  *RuleSql(policy->subjects.of.rule->expression, BenchNow()),
                                  policy->revoke ? "NULL" : std::to_string(product));
  }
  std::vector<std::string> products;
  for (const auto& [product, whens] : cases) {
    products.push_back(fmt::format("   CASE\n{}   END", whens));
  }
  return fmt::format(
      "WITH desired AS (\n  SELECT id, product::USMALLINT AS product FROM (SELECT id, "
      "unnest([\n{}\n"
      "  ]) AS product FROM users) WHERE product IS NOT NULL)\n"
      "SELECT coalesce(desired.id, held.id) AS id, coalesce(desired.product, held.product) AS "
      "product, held.id IS NULL AS missing\n"
      "FROM desired FULL JOIN held ON desired.id = held.id AND desired.product = held.product\n"
      "WHERE desired.id IS NULL OR held.id IS NULL\n",
      fmt::join(products, ",\n"));
}

}  // namespace seatkeeper::bench
