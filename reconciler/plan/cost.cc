#include "reconciler/plan/cost.h"

#include <algorithm>

namespace seatkeeper {
namespace {

constexpr int kMonths = 12;

constexpr int PowerOfTen(int exponent) { return exponent == 0 ? 1 : 10 * PowerOfTen(exponent - 1); }

constexpr int kUnitsPerCent = kMonths * PowerOfTen(UnitPrice::kPlaces - 2);

}  // namespace

MonthlyAmount::MonthlyAmount(const UnitPrice& price, std::int64_t seats)
    : units_(Wide(price.amount) * seats * (price.per == UnitPrice::Per::kYear ? 1 : kMonths)) {}

MonthlyAmount& MonthlyAmount::operator+=(const MonthlyAmount& other) {
  units_ += other.units_;
  return *this;
}

std::string MonthlyAmount::ToString() const {
  // Prices and seats are never negative.
  auto cents = (units_ + kUnitsPerCent / 2) / kUnitsPerCent;
  std::string reversed;
  for (; cents > 0 || reversed.size() < 3; cents /= 10) {
    reversed += static_cast<char>('0' + static_cast<int>(cents % 10));
  }
  std::reverse(reversed.begin(), reversed.end());
  return reversed.insert(reversed.size() - 2, 1, '.');
}

std::string MonthlyAmount::Grouped() const {
  auto text = ToString();
  for (std::size_t at = text.size() - 3; at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

bool IsCheaper(const std::optional<UnitPrice>& a, const std::optional<UnitPrice>& b) {
  if (!a || !b) return a.has_value() && !b;
  return a->currency == b->currency && MonthlyAmount(*a, 1) < MonthlyAmount(*b, 1);
}

std::vector<CurrencyCost> CostsOf(const Plan& plan) {
  std::map<std::string, CurrencyCost> costs;
  for (const auto& product : plan.products) {
    if (!product.price) continue;
    const auto& price = *product.price;
    auto& cost = costs[price.currency];
    cost.purchased += MonthlyAmount(price, product.purchased);
    cost.assigned += MonthlyAmount(price, product.assigned);
    cost.assigned_after += MonthlyAmount(price, product.assigned_after);
    cost.wasted += MonthlyAmount(price, product.wasted());
  }
  std::vector<CurrencyCost> list;
  for (auto& [currency, cost] : costs) {
    cost.currency = currency;
    list.push_back(std::move(cost));
  }
  return list;
}

}  // namespace seatkeeper
