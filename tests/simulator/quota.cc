#include "tests/simulator/quota.h"

#include <algorithm>
#include <cmath>

namespace seatkeeper::sim {
namespace {

using std::chrono::milliseconds;

constexpr double kToldFrom = 0.8;
constexpr double kToldAtMost = 1.8;
constexpr double kDeepest = 0.05;        // below empty, as a share of the bucket
constexpr double kRoundingError = 1e-6;  // milliseconds
constexpr std::size_t kMediumFrom = 50;
constexpr std::size_t kLargeAbove = 500;

double PerMillisecond(const Limit& limit) {
  return limit.amount / static_cast<double>(limit.period.count());
}

Limit Faster(Limit limit, double scale) {
  const auto period = static_cast<double>(limit.period.count()) / scale;
  limit.period = milliseconds(std::max<milliseconds::rep>(std::llround(period), 1));
  return limit;
}

const Limit& UnitsOf(const QuotaFigures& figures, std::size_t users) {
  if (users < kMediumFrom) return figures.small_units;
  return users > kLargeAbove ? figures.large_units : figures.medium_units;
}

}  // namespace

Quota::Bucket& Quota::Fill(const std::string& name, const Limit& limit, WallTimeMs now) {
  const Bucket full{.level = limit.amount, .at = now, .counted_from = now};
  Bucket& bucket = buckets_.try_emplace(name, full).first->second;
  const auto passed = static_cast<double>((now - bucket.at).count());
  bucket.level = std::min(limit.amount, bucket.level + passed * PerMillisecond(limit));
  bucket.at = now;
  if (now - bucket.counted_from >= limit.period) {
    bucket.counted_from = now;
    bucket.accepted = bucket.refused = 0;
  }
  return bucket;
}

std::vector<Quota::Check> Quota::ChecksFor(const QuotaFigures& figures, const Asking& asking,
                                           QuotaCost cost, WallTimeMs now) {
  std::vector<Check> checks;
  const auto add = [&](std::string_view scope, std::string_view kind, const Limit& limit,
                       double amount) {
    if (amount <= 0) return;
    const bool writes = kind == "Write";
    const auto faster = Faster(limit, figures.scale);
    // The tenant's limit is everybody's.
    const auto whose = scope == "Tenant" ? std::string_view() : asking.application;
    auto& bucket =
        Fill(std::string(scope) + "/" + std::string(kind) + "/" + std::string(whose), faster, now);
    checks.push_back({bucket, faster, amount, scope, kind,
                      writes ? "WriteLimitExceeded" : "ResourceUnitLimitExceeded"});
  };
  add("Tenant_Application", "Write", figures.writes, cost.writes);
  add("Application", "Write", figures.application_writes, cost.writes);
  add("Tenant", "Write", figures.tenant_writes, cost.writes);
  add("Tenant_Application", "ReadWrite", UnitsOf(figures, asking.users), cost.units);
  add("Application", "ReadWrite", figures.application_units, cost.units);
  return checks;
}

void Quota::Account(const std::vector<Check>& checks, bool refused) {
  share_ = 0;
  for (const Check& check : checks) {
    Bucket& bucket = check.bucket;
    bucket.level = std::max(bucket.level - check.cost, -kDeepest * check.limit.amount);
    (refused ? bucket.refused : bucket.accepted) += check.cost;
    double share = 1 - std::max(bucket.level, 0.0) / check.limit.amount;
    if (refused) share += bucket.refused / (bucket.refused + bucket.accepted);
    share_ = std::max(share_, share);
  }
  share_ = std::min(share_, kToldAtMost);
}

std::optional<Throttled> Quota::Take(const QuotaFigures& figures, const Asking& asking,
                                     QuotaCost cost, WallTimeMs now) {
  share_ = 0;
  if (!figures.enforced) return std::nullopt;
  const auto checks = ChecksFor(figures, asking, cost, now);
  const auto full = std::find_if(checks.begin(), checks.end(), [](const Check& check) {
    return check.bucket.level < check.cost;
  });
  if (full == checks.end()) {
    Account(checks, false);
    return std::nullopt;
  }
  Throttled throttled;
  const double wait = (full->cost - full->bucket.level) / PerMillisecond(full->limit);
  throttled.retry_after =
      milliseconds(static_cast<milliseconds::rep>(std::ceil(wait - kRoundingError)));
  throttled.scope = std::string(full->scope) + "/" + std::string(full->kind) + "/" +
                    std::string(asking.application) + "/" + std::string(asking.tenant);
  throttled.information = full->information;
  Account({*full}, true);
  return throttled;
}

std::optional<double> Quota::Share() const {
  return share_ < kToldFrom ? std::nullopt : std::optional(share_);
}

}  // namespace seatkeeper::sim
