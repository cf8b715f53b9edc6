#pragma once

#include <string_view>

#include "policy/document.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Whether a document with these `metadata.tenants` speaks about the tenant: it names it, names
/// `all`, or names none (allowed only where there is one tenant).
bool AppliesTo(const std::vector<Positioned<std::string>>& tenants, std::string_view tenant);

/// Whether a policy about the tenant sets the usage location of users who have none.
bool SetsUsageLocations(const PolicySet& policies, std::string_view tenant);

/// Adds the properties, directory extensions and links that evaluating `rule` needs.
void AddNeeds(const rule::Expression& rule, ReadRequest& request);

/// The properties, groups and links that planning this tenant under this policy needs: no more is
/// read.
ReadRequest ReadingNeeds(const PolicySet& policies, std::string_view tenant);

}  // namespace seatkeeper
