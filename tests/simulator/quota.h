#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/message.h"

namespace seatkeeper::sim {

// So much within so long, as a bucket of that size which fills up again evenly.
struct Limit {
  double amount;
  std::chrono::milliseconds period;
};

// Microsoft Graph's limits of "identity and access" (learn.microsoft.com/graph/throttling-limits),
// in requests and in resource units. Of one application in one tenant, of it in all tenants
// together, and of the tenant, whoever writes.
struct QuotaFigures {
  bool enforced = true;
  Limit small_units{3'500, std::chrono::seconds(10)};   // below 50 users
  Limit medium_units{5'000, std::chrono::seconds(10)};  // up to 500
  Limit large_units{8'000, std::chrono::seconds(10)};
  Limit writes{3'000, std::chrono::seconds(150)};
  Limit application_units{150'000, std::chrono::seconds(20)};
  Limit application_writes{35'000, std::chrono::seconds(300)};
  Limit tenant_writes{18'000, std::chrono::seconds(300)};
  double scale = 1;  // so many times faster everything fills up: a time-lapse
};

struct QuotaCost {
  int units = 1;
  int writes = 0;
};

// Why a request is throttled, as the headers of its answer say it.
struct Throttled {
  std::chrono::milliseconds retry_after{0};
  std::string scope;  // "Tenant_Application/Write/<application>/<tenant>"
  std::string information;
};

// What the service has let through lately. Not thread-safe; times may not go back.
class Quota {
 public:
  struct Asking {
    std::string_view application;
    std::string_view tenant;
    std::size_t users = 0;  // of the tenant: its size decides
  };
  // Nothing: the request goes through. What is throttled counts, too, so that asking again early
  // only makes it later; it takes a bucket no further below empty than a twentieth of its size.
  std::optional<Throttled> Take(const QuotaFigures& figures, const Asking& asking, QuotaCost cost,
                                WallTimeMs now);

  // x-ms-throttle-limit-percentage of the request that Take was asked about last: the fullest of
  // its limits as a share, from 0.8; above 1 by the share of what was throttled, at most 1.8.
  // Nothing below 0.8.
  std::optional<double> Share() const;

 private:
  struct Bucket {
    double level = 0;  // what is left
    WallTimeMs at{};
    // Since `counted_from`, for one period.
    WallTimeMs counted_from{};
    double accepted = 0;
    double refused = 0;
  };
  // One limit that a request meets.
  struct Check {
    Bucket& bucket;
    Limit limit;
    double cost;
    std::string_view scope;
    std::string_view kind;
    std::string_view information;
  };
  Bucket& Fill(const std::string& name, const Limit& limit, WallTimeMs now);
  std::vector<Check> ChecksFor(const QuotaFigures& figures, const Asking& asking, QuotaCost cost,
                               WallTimeMs now);
  void Account(const std::vector<Check>& checks, bool refused);

  std::map<std::string, Bucket> buckets_;  // by scope, what is counted, and application
  double share_ = 0;
};

}  // namespace seatkeeper::sim
