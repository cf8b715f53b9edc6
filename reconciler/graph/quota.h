#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/graph/quota_limits.h"
#include "reconciler/graph/throttle_signs.h"
#include "reconciler/graph/token_bucket.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/write_room.h"

namespace seatkeeper {

/// What is left of the limits that one application has in one tenant: reckoned from what is sent,
/// corrected by what the answers say. Writes and reads have limits of their own. On the loop's
/// thread only.
class Quota final : public WriteRoom {
 public:
  /// Of the application, over all tenants.
  struct Shared {
    explicit Shared(const QuotaLimits& limits)
        : writes(limits.application_writes, limits.application_share),
          units(limits.application_units, limits.application_share) {}
    TokenBucket writes;
    TokenBucket units;
  };
  /// Reads that somebody's removal waits for go before others: those leave them a quarter.
  enum class Urgency { kCanWait, kUrgent };

  Quota(std::shared_ptr<Shared> application, const QuotaLimits& limits);

  void SetLimits(const QuotaLimits& limits);
  void SetTenantSize(std::uint64_t users);

  MonotonicTime RoomAt(int writes, MonotonicTime now) override;
  void TakeRoom(int writes, MonotonicTime now) override;
  void ReturnRoom(int writes) override;
  /// Of those that room was taken for so many are answered, or will never be.
  void WritesEnded(int writes);

  /// What a call is likely to cost: as its last answer said, or else the documentation.
  double UnitsOf(std::string_view call) const;
  /// When a read that costs so much may be sent; `now` or earlier: at once.
  MonotonicTime UnitsAt(double units, Urgency urgency, MonotonicTime now);
  void TakeUnits(double units, MonotonicTime now);
  void ReadWaited(std::chrono::milliseconds wait) { use_.reads_waited += wait; }
  /// What was reckoned to cost `reckoned` cost `units`. An empty name is not remembered.
  void CorrectUnits(std::string_view call, double reckoned, double units, MonotonicTime now);

  enum class Of { kWrites, kReads };
  /// What an answer says of the limits.
  void Hear(const ThrottleSigns& signs, Of of, MonotonicTime now);
  /// What the items of a batch say.
  void HearItems(const ThrottleSigns& signs, Of of, MonotonicTime now);

  QuotaUse Use(MonotonicTime now);

 private:
  RateLimit UnitsLimit() const;
  TokenBucket& BucketOf(const ThrottleSigns& signs, Of of);

  std::shared_ptr<Shared> application_;
  QuotaLimits limits_;
  std::uint64_t users_ = 0;
  TokenBucket writes_;
  TokenBucket units_;
  int under_way_ = 0;  // Writes that room was taken for and that have not ended.
  MonotonicTime room_taken_at_{};
  std::optional<std::pair<MonotonicTime, MonotonicTime>> writes_wait_;  // Since, and until.
  std::map<std::string, double, std::less<>> costs_;                    // By call.
  QuotaUse use_;
};

/// All quotas of the process, so that tenants which share an application share its limits. On the
/// loop's thread only.
class QuotaBook {
 public:
  struct Key {
    std::string tenant_id;
    std::string cloud;
    std::string client_id;

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  /// The same one for the same key; `limits` hold from now on. `tenant`: its name, for UseOf.
  std::shared_ptr<Quota> Get(const std::string& tenant, const Key& key, const QuotaLimits& limits);

  /// Of all applications that the tenant is signed in to as: sums, and of shares the largest.
  QuotaUse UseOf(std::string_view tenant, MonotonicTime now) const;

 private:
  std::map<std::pair<std::string, std::string>, std::weak_ptr<Quota::Shared>> applications_;
  std::map<Key, std::shared_ptr<Quota>> quotas_;
  std::map<std::string, std::vector<std::shared_ptr<Quota>>, std::less<>> by_tenant_;
};

}  // namespace seatkeeper
