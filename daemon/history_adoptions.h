#pragma once

#include <string>

#include "daemon/history_text.h"
#include "policy/products.h"
#include "reconciler/seams/adoption.h"

namespace seatkeeper {

// What history says of one user of an adoption, in each of its formats. "=SPE_E5": was held, and is
// seatkeeper's own since.

/// A paragraph, as of a change.
std::string AdoptionText(const AdoptionEntry& entry, const TenantNames& names,
                         const ProductCatalog& catalog);
/// An object: the keys of a change that an adoption has too, and `adopted` and `who`.
std::string AdoptionJson(const AdoptionEntry& entry, const TenantNames& names,
                         const ProductCatalog& catalog);
/// A line without its end, with the columns of RenderHistoryCsv.
std::string AdoptionCsv(const AdoptionEntry& entry, const TenantNames& names,
                        const ProductCatalog& catalog);

}  // namespace seatkeeper
