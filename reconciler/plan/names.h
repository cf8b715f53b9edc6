#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

/// Finds the products and service plans that a policy names. What the tenant itself says always
/// wins over the built-in facts.
///
/// By part number (tenant, any case), SKU id, or product name (built-in facts). An error with the
/// position and the nearest name where nothing fits.
Result<SkuId> ResolveProduct(const Positioned<std::string>& written, const ObservedState& observed);

/// The service plans of `product` that a grant switches off for its users: the listed ones, or all
/// but the listed ones. Ordered; only plans that can be switched per user. A name that is not a
/// plan of the product, or one that cannot be switched per user, is an error with its position.
/// REQUIRES: selection.kind != kUnmanaged.
Result<std::vector<PlanId>> ResolveDisabledPlans(const PlanSelection& selection,
                                                 const Product& product);

/// Whether the plan can be switched per user.
bool IsSwitchable(const ServicePlan& plan);

/// `plans` without those that the product does not have or that cannot be switched per user: the
/// form in which two lists compare as sets of effect. Ordered.
std::vector<PlanId> EffectivePlans(const std::vector<PlanId>& plans, const Product& product);

}  // namespace seatkeeper
