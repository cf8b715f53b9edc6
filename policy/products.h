#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"

namespace seatkeeper {

/// A service plan as Microsoft's product table lists it.
struct PlanFact {
  PlanId id;
  std::string_view name;  ///< For example "EXCHANGE_S_ENTERPRISE".
};

/// A product as Microsoft's product table lists it. A tenant may own products that are not here,
/// and what the tenant itself says always wins.
struct ProductFact {
  SkuId id;
  std::string_view part_number;   ///< For example "SPE_E5".
  std::string_view display_name;  ///< For example "Microsoft 365 E5".
  std::vector<PlanFact> plans;
};

/// The built-in facts about the products that make up most tenants, ordered by part number.
/// Lives as long as the program; safe from any thread.
std::span<const ProductFact> ProductFacts();

/// By part number, SKU id or display name, in any letter case.
const ProductFact* FindProductFact(std::string_view text);
const ProductFact* FindProductFact(const SkuId& id);

/// By service plan name or id over all products, in any letter case.
const PlanFact* FindPlanFact(std::string_view text);

}  // namespace seatkeeper
