#pragma once

#include <string_view>

#include "policy/document.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Whether a document with these `metadata.tenants` speaks about the tenant: it names it, names
/// `all`, or names none (allowed only where there is one tenant).
bool AppliesTo(const std::vector<Positioned<std::string>>& tenants, std::string_view tenant);

/// The properties and groups that planning this tenant under this policy needs: no more is read.
ReadRequest ReadingNeeds(const PolicySet& policies, std::string_view tenant);

}  // namespace seatkeeper
