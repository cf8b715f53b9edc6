#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/accepted.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/reading_uses.h"

namespace seatkeeper {

// The guardrails on what is read. A reading that is complete may still be wrong: a directory that
// lost its users, a group that somebody emptied, a department that nobody has any more. What
// differs too much from the last accepted reading holds the removals that rest on it. Pure.

inline constexpr std::string_view kUsersGone = "maxUserLoss";
inline constexpr std::string_view kGroupShrunk = "group-shrunk";
inline constexpr std::string_view kAttributeChanged = "attribute-changed";
inline constexpr std::string_view kUnitsFallen = "units-fallen";
inline constexpr std::string_view kReferenceChanged = "reference-changed";

/// About so many users, and members of one group, are kept for comparing. Up to here figures are
/// exact.
inline constexpr std::size_t kUsersKept = 4096;
inline constexpr std::size_t kMembersKept = 512;

/// A figure that differs too much, and what it holds.
struct ReadingFinding {
  Figure figure;
  HeldBy why;
  Resting resting;

  bool Holds(const SkuId& product) const {
    return resting.whole_tenant || resting.products.contains(product);
  }
};

/// Everything that a reading is judged by besides the one before.
struct ReadingFacts {
  const PolicySet& policies;
  std::string_view tenant;
  std::vector<const Guardrails*> guardrails;  ///< Those about the tenant.
  const DesiredState& desired;
  const ObservedState& observed;
  const ProductCatalog& catalog;
  const std::vector<Seats>& seats;  ///< Of desired.products.
};

struct ReadingJudgement {
  std::vector<ReadingFinding> findings;  ///< By figure.
  AcceptedReading reading;               ///< What this reading would be accepted as.
  std::vector<Figure> unread{};          ///< What it does not tell, though policy asks for it.
  std::vector<std::string> warnings{};   ///< What became of names, where that holds nothing itself.
};

/// Compares a reading with the last accepted one; where there is none, everything is accepted.
ReadingJudgement JudgeReading(const std::optional<AcceptedReading>& before,
                              const ReadingFacts& facts);

/// Adds what holds removals of the product. Besides limits on amounts, never in their place: what
/// an approval releases of the one is still held by the other.
void AddReadingReasons(const std::vector<ReadingFinding>& findings, const SkuId& product,
                       std::vector<HeldBy>& reasons);

/// Accepts the figures of which approvals have released everything that they held, and something of
/// it goes in this plan: what is approved is that the reading is right. Whatever else they hold is
/// another set, and as long as there is any they are not accepted. For a plan that is judged.
void AcceptApproved(const std::vector<ReadingFinding>& findings, Plan& plan);

/// Puts into the plan what is to be remembered of the reading, and a line for each finding, whether
/// or not it holds anything in this plan.
void TellReading(ReadingJudgement judgement, Plan& plan);

}  // namespace seatkeeper
