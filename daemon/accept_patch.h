#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {

/// Whose drift is to become what policy wants, why, and until when.
struct Acceptance {
  Row row = 0;
  std::optional<SkuId> product;  ///< Nothing: all of the user's drift.
  std::string reason;
  std::chrono::year_month_day until;
  std::string tenant;  ///< For `metadata.tenants`; empty: there is only one.
};

/// What to add to the policy, and what it accepts.
struct AcceptedDrift {
  std::string text;             ///< YAML, a document for each product. Ends with a line end.
  std::vector<SkuId> products;  ///< Ordered.
};

/// A grant of just what the user holds, for each product that is drift, above whatever revokes it
/// or shapes its service plans. Ends on the day where management takes the product away then; where
/// it takes nothing away, an end would be an error, so the day stands in a comment. `plan` was made
/// from `input`. kNotFound where there is no drift; kConflict where a document of its own cannot
/// make it wanted, with what can.
Result<AcceptedDrift> DocumentsAccepting(const PlanInput& input, const Plan& plan,
                                         const Acceptance& acceptance);

/// kConflict, with the difference, unless `after` differs from `before` in just that: this drift is
/// gone and nothing of it is changed any more.
Result<void> ProveAccepted(const Plan& before, const Plan& after, const UserId& user,
                           const std::vector<SkuId>& products);

/// A unified patch that adds a file. `path` is relative.
std::string PatchAdding(const std::string& path, const std::string& text);

/// "ada@contoso.com" as part of a file's or a document's name.
std::string PlainName(std::string_view name);

/// A text as YAML takes it: as it is where that is plain, else in quotes.
std::string YamlText(std::string_view text);

}  // namespace seatkeeper
