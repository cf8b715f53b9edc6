#include "reconciler/graph/throttle_signs.h"

#include <algorithm>
#include <string_view>

#include "policy/scalar.h"
#include "reconciler/graph/http_time.h"

namespace seatkeeper {
namespace {

using Whose = ThrottleSigns::Whose;
using What = ThrottleSigns::What;

constexpr int kTooManyRequests = 429;
// Beyond these a header says nothing that could be true.
constexpr double kMostUsed = 10;
constexpr double kMostUnits = 1'000;

std::optional<double> NumberIn(const HttpHeaders& headers, std::string_view name, double most) {
  const auto* text = FindHeader(headers, name);
  const auto number = text == nullptr ? std::nullopt : ParseDecimal(*text, true);
  if (!number || !(*number >= 0 && *number <= most)) return std::nullopt;
  return number;
}

// "Tenant_Application/Write/<application>/<tenant>".
void ReadScope(std::string_view scope, ThrottleSigns& signs) {
  const auto slash = std::min(scope.find('/'), scope.size());
  const auto whose = scope.substr(0, slash);
  if (whose == "Application") signs.whose = Whose::kApplication;
  if (whose == "Tenant") signs.whose = Whose::kTenant;
  scope.remove_prefix(std::min(slash + 1, scope.size()));
  const auto what = scope.substr(0, scope.find('/'));
  if (what == "Write") signs.what = What::kWrites;
  if (what == "Read" || what == "ReadWrite") signs.what = What::kUnits;
}

}  // namespace

ThrottleSigns ReadThrottleSigns(const HttpResponse& response, WallTime now) {
  ThrottleSigns signs;
  signs.used = NumberIn(response.headers, "x-ms-throttle-limit-percentage", kMostUsed);
  signs.units = NumberIn(response.headers, "x-ms-resource-unit", kMostUnits);
  if (response.status != kTooManyRequests) return signs;
  signs.throttled = 1;
  signs.retry_after = RetryAfter(response.headers, now);
  if (const auto* scope = FindHeader(response.headers, "x-ms-throttle-scope")) {
    ReadScope(*scope, signs);
  }
  return signs;
}

ThrottleSigns ReadThrottleSigns(std::span<const BatchAnswer> answers, WallTime now) {
  ThrottleSigns all;
  for (const auto& answer : answers) {
    const auto one = ReadThrottleSigns(answer.response, now);
    if (one.throttled > 0) {
      all.whose = one.whose;
      all.what = one.what;
      all.throttled += one.throttled;
    }
    if (one.retry_after) all.retry_after = std::max(all.retry_after, one.retry_after);
    if (one.used) all.used = std::max(all.used, one.used);
    if (one.units) all.units = all.units.value_or(0) + *one.units;
  }
  return all;
}

}  // namespace seatkeeper
