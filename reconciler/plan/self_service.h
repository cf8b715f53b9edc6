#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {

/// Whether a user seems to have bought the subscription for themselves. Microsoft Graph has no flag
/// for such a subscription. What shows it is its owner, who is a user (ownerType, ownerId of
/// companySubscription) while no partner is named (ownerTenantId).
bool LooksSelfService(const Subscription& subscription);

/// Subscriptions of one product that users seem to have bought for themselves.
struct SelfService {
  bool only = true;              ///< The product has no other subscription.
  int seats = 0;                 ///< Of them all.
  std::set<std::string> buyers;  ///< Principal names; ids of those who were not read.
};

/// Nothing where there are none, or subscriptions were not read. Those that are over do not count.
std::optional<SelfService> FindSelfService(const ObservedState& observed, const SkuId& product);

/// Leaves alone what users bought for themselves, and names them in `warnings`: an administrator
/// can neither give nor take those seats until the purchase is taken over. Where the product has no
/// other subscription it is only observed, whatever its management says; where it has, as many
/// seats are held in reserve. Nothing is done where subscriptions were not read.
void LeaveSelfServiceAlone(const ObservedState& observed, DesiredProduct& product,
                           std::vector<std::string>& warnings);

}  // namespace seatkeeper
