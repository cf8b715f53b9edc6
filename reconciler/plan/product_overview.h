#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// One service plan of a product, as the tenant lists it.
struct PlanOverview {
  PlanId id;
  std::string name;
  std::string friendly_name;  ///< From the catalogue; empty where it knows none.
  std::string provisioning_status;
  bool switchable = true;  ///< Per user; false: it belongs to the whole company.
  /// Names of plans of which a user who has this one on needs at least one. Empty: not known.
  std::vector<std::string> needs_one_of;
  std::vector<std::string> excludes;  ///< Names of plans that cannot be on beside this one.
};

/// What is known of one product of the tenant, and what the policy does with it. Names come from
/// the tenant first and the catalogue second. What
/// service plans ask of each other comes from the few known facts (plan_rules.h).
struct ProductOverview {
  SkuId id;
  std::string name;          ///< The part number, or the id where nobody knows one: never empty.
  std::string display_name;  ///< From the catalogue; empty where it knows none.
  bool subscribed = false;   ///< False: it only appears in assignments.
  std::string obstacle;      ///< Why it cannot be assigned to users; empty when it can.
  PrepaidUnits seats;        ///< Only `enabled` ones are planned with.
  int assigned = 0;          ///< The larger of what the service counts and what users hold.
  /// Nothing: no document of this tenant names the product, so it is never touched.
  std::optional<Management> management;
  Origin managed_by;  ///< The ProductPolicy; empty name where there is none.
  int reserve = 0;
  std::vector<PlanOverview> plans;  ///< By name.

  /// Negative where more are in use than purchased.
  int free() const { return seats.enabled - assigned; }
};

struct ProductsOverview {
  std::vector<ProductOverview> products;  ///< By name, then id.
  /// Names in the policy that mean no product, and who bought what by self-service. Ordered.
  std::vector<std::string> warnings;
};

/// All products of a tenant. Pure. Unlike planning it takes a policy whose products cannot be
/// found: this is where one looks for their names.
ProductsOverview OverviewOfProducts(const ObservedState& observed, const PolicySet& policies,
                                    std::string_view tenant, const ProductCatalog& catalog);

}  // namespace seatkeeper
