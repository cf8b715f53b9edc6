#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "daemon/runtime.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/standing_removals.h"

namespace seatkeeper {

/// For so long what a removal took from a user can be put back with its data: then Exchange deletes
/// the mailbox.
/// Source: Microsoft 365 documentation, "Remove licenses from users": 30 days.
inline constexpr std::chrono::days kDataKept{30};

/// Counts, per tenant, the removals of the last 30 days that still stand. Pages of the journal are
/// read one by one, so that nobody waits for the store meanwhile. On the loop's thread only.
class RemovalWatch {
 public:
  /// Gets the removals of the tenant and the oldest of them; its `next` is empty.
  using Tell = std::function<void(const std::string& tenant, const RemovalsStanding&)>;

  /// The runtime has to have a store before Look is called.
  RemovalWatch(Runtime& runtime, Tell tell) : runtime_(runtime), tell_(std::move(tell)) {}

  /// Counts anew where something `changed`, or an hour has passed: that sees what other processes
  /// did. Not where it is counting already.
  void Look(const std::string& tenant, const TenantKey& key, bool changed);
  /// The tenant is gone: what is being counted is not told.
  void Forget(const std::string& tenant);

 private:
  struct Pass;
  void ReadPage(const std::shared_ptr<Pass>& pass);
  void PageRead(const std::shared_ptr<Pass>& pass, const RemovalsStanding& page);

  struct Watched {
    MonotonicTime due{};
    std::shared_ptr<Pass> pass;  ///< nullptr: nothing is being counted.
  };
  Runtime& runtime_;
  Tell tell_;
  std::map<std::string, Watched> watched_;  // By tenant.
};

}  // namespace seatkeeper
