#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/reading_head.h"
#include "reconciler/plan/product_day.h"
#include "reconciler/plan/waste.h"

namespace seatkeeper {

/// A wasted seat with the names of who and what it is about, as the tenant has them.
struct NamedSeat {
  std::string user_principal_name;
  std::string display_name;
  UserId user;
  SkuId product;
  std::string product_name;
  WasteReason reason = WasteReason::kDisabledAccount;
  std::string covered_by;  ///< With kOverlap: the product that gives the same.
};

/// What one tenant wastes.
struct TenantWaste {
  ReadingHead head;
  WasteReport waste;
  /// By position in waste.products: what people call it; empty where the catalogue knows no name.
  std::vector<std::string> display_names;
  /// Why sign-ins were not read although somebody asked who is inactive; empty otherwise.
  std::string sign_ins_refused;
  bool with_users = false;
  std::vector<NamedSeat> seats;  ///< With `with_users`: by product, then reason, then name.
  /// What the store has of each product, day by day, up to the reading.
  std::map<SkuId, ProductTrend> trends{};
};

}  // namespace seatkeeper
