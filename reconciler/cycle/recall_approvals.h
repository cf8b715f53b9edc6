#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/document.h"
#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/approvals.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// Approvals as a plan needs them.
struct RecalledApprovals {
  std::vector<Release> releases;      ///< In force, with what no change was made of yet.
  std::vector<std::string> warnings;  ///< Those that release nothing, and why.
  DocumentsSeen documents{};          ///< To be recorded: those of the policy.
};

/// What decides whether an approval counts.
struct ApprovalTerms {
  WallTime now{};
  StoreStanding standing;
  std::optional<StoreDoubt> doubt;  ///< Of the store, as JudgeStore finds it.
};

/// Why what was approved then releases nothing any more, for a person; empty: it does. The store
/// is in doubt, or was later: what the approval released before may not be known to it.
std::string WhyLapsed(WallTime approved_at, const ApprovalTerms& terms);

/// The first moment at which a document releases nothing any more: its last day is a whole one.
WallTime EndOf(const Approval& document);

/// What the command approved, and what the documents of this tenant approve. Each releases every
/// item of its set once: what was intended under it is in the journal.
Result<RecalledApprovals> RecallApprovals(Store& store, const TenantKey& tenant,
                                          const std::vector<Approval>& documents,
                                          const ApprovalTerms& terms);

/// The documents that are about the tenant of this name.
std::vector<Approval> ApprovalsFor(const std::vector<Approval>& documents,
                                   const std::string& tenant);

}  // namespace seatkeeper
