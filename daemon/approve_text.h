#pragma once

#include <string>
#include <vector>

#include "policy/products.h"
#include "reconciler/cycle/recall_approvals.h"
#include "reconciler/plan/text_page.h"
#include "reconciler/seams/approval_store.h"

namespace seatkeeper {

/// What `seatkeeper approve` knows of one tenant.
struct TenantApprovals {
  std::string tenant;  ///< Name in the config.
  std::vector<StoredHeldSet> held;
  std::vector<StoredApproval> approvals;
  std::vector<SpentItem> spent;
  ApprovalTerms terms{};
};

/// The items of a set that an approval given now would release: what no approval is for, and what
/// was done since the set was last seen, is left out.
HeldSet StillToRelease(const StoredHeldSet& stored, const std::vector<SpentItem>& spent);

/// What would be released, by guardrail and product, with names; then what stays held, and what
/// releases that.
std::string RenderRelease(const std::string& tenant, const StoredHeldSet& stored,
                          const HeldSet& released, const ProductCatalog& catalog,
                          const TextStyle& style);

/// Open held sets, and approvals.
std::string RenderApprovalsText(const std::vector<TenantApprovals>& tenants,
                                const ProductCatalog& catalog);
/// One array, an entry per tenant.
std::string RenderApprovalsJson(const std::vector<TenantApprovals>& tenants);

}  // namespace seatkeeper
