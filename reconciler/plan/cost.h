#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// An amount of money a month, of a currency that whoever holds it knows. Exact, sums of yearly
/// prices included; rounded only when it is shown. No number of seats that fits into an `int`,
/// over all products that a tenant can have, makes it overflow.
class MonthlyAmount {
 public:
  MonthlyAmount() = default;
  MonthlyAmount(const UnitPrice& price, std::int64_t seats);

  MonthlyAmount& operator+=(const MonthlyAmount& other);
  /// REQUIRES: b is not more than a.
  friend MonthlyAmount operator-(MonthlyAmount a, const MonthlyAmount& b) {
    a.units_ -= b.units_;
    return a;
  }
  friend bool operator<(const MonthlyAmount& a, const MonthlyAmount& b) {
    return a.units_ < b.units_;
  }

  /// "1425.00": to the nearest hundredth, halves up.
  std::string ToString() const;
  /// "1,425.00", for people.
  std::string Grouped() const;

 private:
  // Strict ISO mode has no name of its own for what both compilers have.
  __extension__ using Wide = __int128;
  Wide units_ = 0;  // Twelfths of UnitPrice's unit.
};

/// Whether a seat at price `a` is known to cost less than one at `b`: amounts of one currency are
/// compared; a known price counts as less than an unknown one; all else is not known.
bool IsCheaper(const std::optional<UnitPrice>& a, const std::optional<UnitPrice>& b);

/// What the products with a price in one currency cost a month.
struct CurrencyCost {
  std::string currency;
  MonthlyAmount purchased;
  MonthlyAmount assigned;
  MonthlyAmount assigned_after;
  MonthlyAmount wasted;  ///< Seats beyond the agreed spare ones.
};

/// By currency, ordered: amounts of different currencies are never added.
std::vector<CurrencyCost> CostsOf(const Plan& plan);

}  // namespace seatkeeper
