#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/approvals.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/revision.h"

namespace seatkeeper {

// Whether a revision of the policy can be trusted with removals. It is compared with the last
// accepted one; what a slip of the hand or a stolen account would do to it, and a reviewed change
// seldom does, is suspicious and holds removals. Pure.

inline constexpr std::string_view kSuspiciousRevision = "suspicious-revision";

/// What two revisions are compared by, besides themselves.
struct RevisionFacts {
  Descent descent = Descent::kUnknown;
  /// Users who would lose a product, or something of it, as policy is now (UsersLosing). Asked for
  /// only where there are DroppedDocuments.
  std::map<SkuId, int> losing;
  std::map<SkuId, std::string> product_names;
  WallTime now{};
};

/// Users of whom a product, or something of it, is to be taken sooner or later, whatever holds or
/// defers that now. Who may hold it, for all that the reading says, counts: unknown is not absent.
std::map<SkuId, int> UsersLosing(const DesiredState& desired, const ObservedState& observed,
                                 const Draft& draft);

/// The documents of `accepted` that `newest` has not, under whatever name. One whose grants have
/// expired may go.
std::vector<RevisionDocument> DroppedDocuments(const RevisionSummary& accepted,
                                               const RevisionSummary& newest, WallTime now);

/// Everything about `newest` that is suspicious, in words. What has a product holds its removals,
/// the rest those of every product. Empty: it may become the accepted revision. All of them say in
/// `because` what they are about together, without figures: who approves what they hold approves
/// just that.
std::vector<HeldBy> CompareRevisions(const RevisionSummary& accepted, const RevisionSummary& newest,
                                     const RevisionFacts& facts);

/// Whether the revision is approved, so that it becomes the accepted one although it is suspicious:
/// an approval names removals that it held for just these findings, and no removal of the plan is
/// held for them any more.
bool IsApproved(const std::vector<HeldBy>& suspicions, const std::vector<Release>& releases,
                const std::vector<Change>& changes);

/// Which of these hold removals of the product, each said of it.
std::vector<HeldBy> SuspicionsOf(const SkuId& product, const std::vector<HeldBy>& suspicions);

/// One line for a person.
std::string DescribeSuspicion(const HeldBy& suspicion);

}  // namespace seatkeeper
