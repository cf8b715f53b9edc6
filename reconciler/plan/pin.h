#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What `undo` put back, and who says that it stays: until policy wants the same, or somebody ends
/// the pin, nothing is sent that would leave the subject's direct assignment of the product (a
/// group's licence) in another state.
struct Pin {
  std::int64_t number = 0;  ///< Given by the store; 0: not written yet.
  Subject subject;
  std::string subject_name;  ///< Principal name or display name, as when it was pinned.
  SkuId product;
  std::vector<PlanId> disabled_plans = {};  ///< Of the state that it is pinned in. Ordered.
  std::string plan_id = {};                 ///< What was undone.
  std::string who = {};                     ///< User and host.
  WallTime at{};
  /// Policy wants the pinned state itself, as of that reading: the pin is over.
  std::optional<WallTime> over = std::nullopt;

  friend bool operator==(const Pin&, const Pin&) = default;
};

/// Whether a subject that is given and loses this does not have the product as it is pinned.
inline bool Alters(const std::vector<AddLicense>& add, const std::vector<SkuId>& remove,
                   const Pin& pin) {
  if (std::ranges::find(remove, pin.product) != remove.end()) return true;
  return std::ranges::any_of(add, [&](const AddLicense& license) {
    return license.product == pin.product && license.disabled_plans != pin.disabled_plans;
  });
}

}  // namespace seatkeeper
