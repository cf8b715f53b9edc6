#include <cmath>

#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/product_check.h"
#include "policy/product_list.h"
#include "policy/schema/kinds.h"

namespace seatkeeper {
namespace {

UnassignWaiting ReadUnassign(const Fields& spec) {
  UnassignWaiting waiting;
  const yaml::Node* node = spec.Mapping("unassign");
  if (node == nullptr) return waiting;
  const Fields fields(*node);
  waiting.after = fields.Duration("after").value_or(waiting.after);
  waiting.confirmations = fields.Int("confirmations").value_or(waiting.confirmations);
  waiting.remove_redundant_direct = fields.Bool("removeRedundantDirect").value_or(false);
  return waiting;
}

std::optional<SpareSeats> ReadSpare(const Fields& spec, std::vector<Diagnostic>& diagnostics) {
  const yaml::Node* node = spec.Mapping("spare");
  if (node == nullptr) return std::nullopt;
  const Fields fields(*node);
  const SpareSeats spare{.min = fields.Int("min"), .max = fields.Int("max")};
  if (spare.min && spare.max && *spare.min > *spare.max) {
    diagnostics.push_back(ErrorAt(*fields.Find("min"), "bad-value",
                                  "`spec.spare.min` is more than `spec.spare.max`",
                                  "min is where a shortage begins, max where waste does"));
  }
  return spare;
}

// In the unit of UnitPrice. What a double cannot hold exactly has more places than are allowed.
std::int64_t ReadAmount(const Fields& price, std::vector<Diagnostic>& diagnostics) {
  const auto amount = price.Double("amount");
  if (!amount) return 0;
  const auto& node = *price.Find("amount");
  const auto dot = node.scalar.find('.');
  if (dot != std::string::npos && node.scalar.size() - dot - 1 > UnitPrice::kPlaces) {
    diagnostics.push_back(ErrorAt(node, "bad-value", "`amount` has more than four decimal places",
                                  "amounts are exact to four places: 57.0025"));
    return 0;
  }
  return std::llround(*amount * std::pow(10, UnitPrice::kPlaces));
}

std::optional<UnitPrice> ReadPrice(const Fields& spec, std::vector<Diagnostic>& diagnostics) {
  const yaml::Node* node = spec.Mapping("unitPrice");
  if (node == nullptr) return std::nullopt;
  const Fields fields(*node);
  UnitPrice price;
  price.amount = ReadAmount(fields, diagnostics);
  if (auto currency = fields.String("currency")) price.currency = std::move(currency->value);
  price.per = fields.Choice<UnitPrice::Per>("per", schema::kPricePeriodWords).value_or(price.per);
  return price;
}

}  // namespace

ProductPolicy ReadProductPolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  const Fields spec(*envelope.spec);
  auto policy = Begin<ProductPolicy>(envelope);
  if (auto product = spec.String("product")) {
    CheckProduct(*spec.Find("product"), *envelope.catalog, diagnostics);
    policy.product = std::move(*product);
  }
  policy.management =
      spec.Choice<Management>("management", schema::kManagementWords).value_or(policy.management);
  policy.unassign = ReadUnassign(spec);
  policy.reserve = spec.Int("reserve").value_or(0);
  policy.spare = ReadSpare(spec, diagnostics);
  policy.unit_price = ReadPrice(spec, diagnostics);
  policy.new_plans =
      spec.Choice<NewPlans>("newPlans", schema::kNewPlansWords).value_or(policy.new_plans);
  return policy;
}

ProductLadder ReadProductLadder(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  const Fields spec(*envelope.spec);
  auto ladder = Begin<ProductLadder>(envelope);
  if (const yaml::Node* products = spec.Sequence("products")) {
    ladder.products = ReadProducts(*products, *envelope.catalog, diagnostics);
    if (products->items.size() == 1) {
      diagnostics.push_back(WarningAt(*products, "one-rung", "a ladder with one rung does nothing",
                                      "name the products below it, or remove the document"));
    }
  }
  ladder.fallback = spec.Bool("fallback").value_or(false);
  return ladder;
}

}  // namespace seatkeeper
