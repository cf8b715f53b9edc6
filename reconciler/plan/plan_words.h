#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

// How a plan's parts are called in texts for people. All that came from a tenant or a file is made
// Printable.

std::string ProductWord(const Plan& plan, const SkuId& product);
/// "SPE_E3, SPE_E5".
std::string ProductWords(const Plan& plan, const std::vector<SkuId>& products);
/// Names of service plans, ordered: "SWAY, YAMMER_ENTERPRISE".
std::string ServicePlanWords(const Plan& plan, const std::vector<PlanId>& plans);
/// " (without YAMMER_ENTERPRISE)"; empty when no service plan is off.
std::string WithoutWords(const Plan& plan, const AddLicense& add);
/// Of a change that has its user processed again: "SPE_E3 through group `Sales`: a seat is free".
/// Otherwise empty.
std::string ReprocessWords(const Plan& plan, const Change& change);
/// "e5 (policies/engineering.yaml:18:12)".
std::string OriginWords(const Origin& origin);
/// "1 user", "2 users".
std::string Counted(std::size_t count, std::string_view thing);

/// What `product` of `change.remove` is swapped for; nullptr when for nothing.
const SkuId* SwappedFor(const Change& change, const SkuId& product);

}  // namespace seatkeeper
