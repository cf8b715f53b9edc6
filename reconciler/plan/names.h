#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

// Finds the products and service plans that a policy names, in any letter case. What the tenant
// itself says always wins over the catalogue.

/// By the tenant's own part numbers; by SKU id; by part number or name in the catalogue, where a
/// name of several products means the one of them that the tenant owns. An error with the position
/// where nothing fits (with the nearest name) or more than one thing does (with their ids).
Result<SkuId> ResolveProduct(const Positioned<std::string>& written, const ObservedState& observed,
                             const ProductCatalog& catalog);

/// What the product is called: the tenant's part number, the catalogue's, or the id.
std::string NameOfProduct(const SkuId& id, const ObservedState& observed,
                          const ProductCatalog& catalog);

/// What the service plan is called by whatever product of the tenant has it, or its id.
std::string NameOfServicePlan(const PlanId& id, const ObservedState& observed);

/// Why nobody can be given the product, for a person; empty when they can. nullptr: it appears
/// nowhere in the tenant.
std::string WhyNotAssignable(const Product* product);

/// The service plans of `product` that a grant switches off for its users: the listed ones, or all
/// but the listed ones. Ordered; only plans that can be switched per user. Each is found by id, by
/// the tenant's own name of it, or by its name or friendly name in the catalogue. What is no plan
/// of the product, or several, or cannot be switched per user, is an error with its position.
/// REQUIRES: selection.kind != kUnmanaged.
Result<std::vector<PlanId>> ResolveDisabledPlans(const PlanSelection& selection,
                                                 const Product& product,
                                                 const ProductCatalog& catalog);

/// Whether the plan can be switched per user.
bool IsSwitchable(const ServicePlan& plan);

/// `plans` without those that the product does not have or that cannot be switched per user: the
/// form in which two lists compare as sets of effect. Ordered.
std::vector<PlanId> EffectivePlans(const std::vector<PlanId>& plans, const Product& product);

}  // namespace seatkeeper
