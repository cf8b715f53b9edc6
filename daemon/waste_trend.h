#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "daemon/waste_report.h"

namespace seatkeeper {

/// By how much a product's seats have changed.
struct SeatsChanged {
  int purchased = 0;
  int assigned = 0;
  int wasted = 0;
};
SeatsChanged ChangeBetween(const ProductDay& from, const ProductDay& to);

/// Of these spans of days a report says what changed, where the store knows it.
inline constexpr std::array kTrendSpans{std::chrono::days(30), std::chrono::days(90)};

/// nullptr where the store has less than two days of the product: nothing can have changed.
const ProductTrend* TrendOf(const TenantWaste& tenant, const SkuId& product);

/// What became of the product's seats since the first day that the store has, and in each span: a
/// line each. Nothing in here is escaped. REQUIRES: two days or more.
std::vector<std::string> TrendInWords(const ProductTrend& trend);

/// "2026-11-20".
std::string FormatDay(std::chrono::sys_days day);

/// A chart of each product whose seats are paid for, as a part of the HTML report; empty where the
/// store has less than two days of all of them.
std::string TrendCharts(const TenantWaste& tenant);

}  // namespace seatkeeper
