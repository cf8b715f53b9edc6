#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "reconciler/plan/plan.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// One product's part in what a guardrail holds for one user or group: what an approval releases.
/// Says what is done to what, and why it is held; no times, waves, figures or revisions, so that
/// the same thing is the same item tomorrow.
struct HeldItem {
  enum class Action {
    kAdd,     ///< The subject gets the product.
    kPlans,   ///< It keeps the product; service plans are switched.
    kRemove,  ///< The direct assignment goes.
  };
  Subject subject;
  SkuId product;
  Action action = Action::kRemove;
  std::vector<PlanId> disabled_plans = {};  ///< Afterwards, unless it is a removal. Ordered.
  /// What was off before; nothing: it was not assigned directly.
  std::optional<std::vector<PlanId>> before = {};
  /// Of a group: a digest of the users whom it reaches. Whoever joins makes another item of it.
  std::string affected = {};
  std::string guardrail = {};
  std::optional<SkuId> about = {};  ///< The product that the guardrail is about, where it is one.
  bool approvable = false;          ///< An approval may release it.
  std::string because = {};         ///< HeldBy::because.

  /// What the item is, a line per fact. Two items are the same where their texts are.
  std::string Text() const;
};
std::string_view ToString(HeldItem::Action action);
std::optional<HeldItem::Action> ParseHeldAction(std::string_view text);

/// Why items of a set are held, for a person: a guardrail with its limit.
struct HeldReason {
  std::string guardrail;
  std::optional<SkuId> about = {};
  bool approvable = false;
  std::string limit = {};
  std::string release = {};  ///< Besides an approval.

  friend bool operator==(const HeldReason&, const HeldReason&) = default;
};

/// What is held of one tenant: all of it, or what one guardrail holds of one product.
struct HeldSet {
  std::string digest;                   ///< "sha256:..." over the tenant's id and the items.
  std::vector<HeldItem> items = {};     ///< Ordered by their texts, each once.
  std::vector<std::string> names = {};  ///< How the items' subjects were called, in their order.
  std::vector<HeldReason> reasons = {};

  /// Whether an approval releases anything of it.
  bool approvable() const;
};

/// The item of one part of a change that is held for this reason.
HeldItem HeldItemOf(const Change& change, const SkuId& product, const HeldBy& why);

/// Of a held change: which products are held for held[reason].
std::vector<SkuId> HeldProducts(const Change& change, std::size_t reason);

/// "sha256:..." over the tenant's id (not its name) and items in order.
std::string HeldDigest(const std::string& tenant_id, const std::vector<HeldItem>& items);

/// Everything that the plan holds, and one set for each guardrail and product that it is about;
/// the whole first. Empty where nothing is held.
std::vector<HeldSet> HeldSetsOf(const Plan& plan);

/// Puts the digests of held sets into the plan: into Plan::held_digest, Plan::held_sets and every
/// HeldBy of its changes.
void DigestHeldSets(Plan& plan);

/// "sha256:" and as many digits as name a set in practice: what people read and type.
std::string_view ShortDigest(std::string_view digest);

/// How a person releases what is held for this reason: the command, where there is one, with the
/// other ways after it. `digest` is how its digest is written.
std::string ReleaseText(const HeldBy& held, std::string_view digest);
inline std::string ReleaseText(const HeldBy& held) { return ReleaseText(held, held.digest); }

}  // namespace seatkeeper
