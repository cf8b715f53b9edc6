#pragma once

#include <vector>

#include "reconciler/plan/plan.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {

/// What a change does to one product of one user.
enum class Effect {
  kGain,
  kReprocess,  ///< Comes through a group, once the user is processed again.
  kPlans,      ///< Stays; service plans are switched.
  kSwap,       ///< Comes instead of another rung of its ladder.
  kLoss,
};

/// The users, or the licensed groups, for whom one document does the same to one product. Points
/// into the plan.
struct ChangeGroup {
  struct Entry {
    const Change* change;
    const AddLicense* add;  ///< nullptr with kLoss.
  };
  SkuId product;
  Effect effect = Effect::kGain;
  std::vector<SkuId> from;  ///< With kSwap. Ordered.
  bool downward = false;    ///< With kSwap: to a lower rung.
  bool of_groups = false;   ///< Groups are licensed themselves.
  Reason reason = Reason::kGranted;
  const Origin* origin = nullptr;
  std::vector<Entry> entries;  ///< In the order of the changes.
};

/// By product, effect and document. A change that does something to several products stands in
/// several groups, a swap in one.
std::vector<ChangeGroup> GroupChanges(const Plan& plan, const std::vector<const Change*>& changes);

/// Writes the groups: what happens to how many, by which document, then the users. What is held or
/// deferred stands under its reason, and may happen only later.
void WriteGroups(const Plan& plan, const std::vector<const Change*>& changes, TextPage& page);

/// The changes with this verdict.
std::vector<const Change*> ChangesWith(const Plan& plan, Verdict verdict);

/// "  ! apps, mailbox"; empty where nothing is at risk.
std::string RiskWords(const Change& change);

}  // namespace seatkeeper
