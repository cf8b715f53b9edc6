#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// What makes two ways to write one product the same: its SKU id where the built-in facts or the
/// text itself say it, else the text in lower case. Plans likewise.
std::string ProductKey(std::string_view product);
std::string PlanKey(std::string_view product, std::string_view plan);

/// Warns ("unknown-product") of a product that is neither a GUID nor among the built-in facts. A
/// warning only: a tenant may own what the facts do not list.
void CheckProduct(const yaml::Node& product, std::vector<Diagnostic>& diagnostics);

/// Warns ("unknown-plan") of plans that the facts do not know of this product; a plan named twice
/// is an error ("duplicate-plan"). REQUIRES: `list` is a sequence.
void CheckPlans(std::string_view product, const yaml::Node& list,
                std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
