#include "daemon/waste_metrics.h"

#include <map>
#include <string>

#include "daemon/metric_series.h"

namespace seatkeeper {
namespace {

/// Values by own labels; a part number could stand twice, and then counts as one product.
using Values = std::map<MetricLabels, double>;

struct Shown {
  Values wasted;
  Values returnable;
  Values wasted_cost;
  Values unused_cost;
};

double Amount(const UnitPrice& price, int seats) {
  return std::stod(MonthlyAmount(price, seats).ToString());
}

void AddCosts(const ProductWaste& product, bool knows_inactive, Shown& shown) {
  const auto& price = *product.price;
  MetricLabels labels{{"currency", price.currency}, {"product", product.name}};
  shown.unused_cost[labels] += Amount(price, product.unused_and_billed());
  const auto seats = product.wasted_and_billed();
  for (const auto reason : kWasteReasons) {
    if (reason == WasteReason::kInactive && !knows_inactive) continue;
    labels["reason"] = ToString(reason);
    shown.wasted_cost[labels] += Amount(price, seats[static_cast<std::size_t>(reason)]);
  }
}

void AddProduct(const ProductWaste& product, bool knows_inactive, Shown& shown) {
  for (const auto reason : kWasteReasons) {
    if (reason == WasteReason::kInactive && !knows_inactive) continue;
    shown.wasted[{{"product", product.name}, {"reason", std::string(ToString(reason))}}] +=
        product.wasted[static_cast<std::size_t>(reason)];
  }
  shown.returnable[{{"product", product.name}}] += product.returnable;
  if (product.price) AddCosts(product, knows_inactive, shown);
}

void Replace(MetricSeries& series, const Values& values) {
  for (const auto& [labels, value] : values) series.Set(value, labels);
  series.RemoveWhere([&](const MetricLabels& own) { return !values.contains(own); });
}

}  // namespace

void ShowWaste(const WasteReport& report, MetricGroup& group) {
  Shown shown;
  for (const auto& product : report.products) {
    if (product.billed() > 0) AddProduct(product, report.knows_inactive(), shown);
  }
  group.Update([&](const auto& at) {
    Replace(at(Metric::kSeatsWasted), shown.wasted);
    Replace(at(Metric::kSeatsReturnable), shown.returnable);
    Replace(at(Metric::kWastedMonthlyCost), shown.wasted_cost);
    Replace(at(Metric::kUnusedMonthlyCost), shown.unused_cost);
  });
}

}  // namespace seatkeeper
