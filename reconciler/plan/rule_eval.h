#pragma once

#include <map>
#include <optional>
#include <vector>

#include "policy/rule/tree.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/row_set.h"
#include "reconciler/plan/text_match.h"

namespace seatkeeper {

/// The earlier of two moments of which either may never come.
std::optional<WallTime> Earlier(std::optional<WallTime> a, std::optional<WallTime> b);

/// What one rule selects at one moment.
struct RuleSelection {
  RowSet rows;
  /// The earliest moment after `now` at which `system.now` may change whom the rule selects: until
  /// then, with the same reading, it selects the same users. Nothing: it never changes.
  std::optional<WallTime> next_flip;
  /// Links that the reading could not follow; they select nobody.
  std::vector<Link> unresolved;
};

/// Says whom rules select among the users of one reading. Each comparison is decided once per
/// distinct value of its column; what rules have in common (folded texts) is made once.
///
/// - Strings compare without regard to case, as Entra's do; GUIDs likewise.
/// - Null and absent equal `null`, and are unequal to everything else: negative operators select
///   them, positive ones never do. (Entra does not document the former; see README, "Rules".)
/// - A list compared directly: a positive operator asks whether any item passes, a negative one
///   whether no item would pass its positive form. A missing, null or empty list equals `null`; of
///   it -all holds and -any does not. An item never equals `null`.
///
/// Used by one thread. `observed` must outlive it, and every property of a rule must have been
/// selected when it was read.
class RuleEvaluator {
 public:
  /// `now` is what `system.now` means.
  RuleEvaluator(const ObservedState& observed, WallTime now);

  RuleSelection Evaluate(const rule::Expression& rule);

 private:
  RowSet Rows(const rule::Expression& expression, std::vector<Link>& unresolved);
  RowSet RowsOf(const rule::Comparison& comparison);
  RowSet RowsOf(const rule::Logical& logical, std::vector<Link>& unresolved);
  RowSet RowsOf(const rule::Quantified& quantified);
  RowSet RowsOf(const Link& link, std::vector<Link>& unresolved);
  /// The users who pass the positive form.
  RowSet Passing(const rule::Comparison& comparison, rule::Property property);
  RowSet PassingIds(const rule::Comparison& comparison);
  RowSet Passing(const rule::Comparison& comparison, const StringColumn& column);
  RowSet Passing(const rule::Comparison& comparison, const BooleanColumn& column);
  RowSet Passing(const rule::Comparison& comparison, const TimeColumn& column);
  RowSet Passing(const rule::Comparison& comparison, const ListColumn& column);
  /// The distinct items of a list column, or the distinct plans, that pass an inner expression.
  template <typename Column>
  RowSet Items(const rule::Expression& expression, const Column& column);
  RowSet ItemsOf(const rule::Comparison& comparison, const ListColumn& column);
  RowSet ItemsOf(const rule::Comparison& comparison, const PlanColumn& column);
  const FoldedTexts& Folded(const TextDictionary& texts);

  std::optional<WallTime> NextFlip(const rule::Expression& expression, RowSet relevant);
  std::optional<WallTime> NextFlip(const rule::Comparison& comparison, const RowSet& relevant);

  const ObservedState& observed_;
  const UserTable& users_;
  WallTime now_;
  std::map<const TextDictionary*, FoldedTexts> folded_;
};

}  // namespace seatkeeper
