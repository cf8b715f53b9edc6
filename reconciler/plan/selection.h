#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/rule_eval.h"

namespace seatkeeper {

/// A group or user named in a policy that the reading could not resolve.
struct UnresolvedReference {
  std::string what;  ///< For example: group "All Engineers" (policies/e.yaml:9:15) does not exist.
  bool in_except = false;
};

/// The users whom one policy speaks about.
struct SubjectSelection {
  RowSet rows;  ///< People alone.
  /// Who would be among them, were they people; see agents.h.
  RowSet not_people{};
  /// Whom the policy names, though they are no people: a sentence each.
  std::vector<std::string> named_in_vain{};
  std::optional<WallTime> next_flip;  ///< Of any of its rules; see RuleSelection.
  /// These select nobody.
  std::vector<UnresolvedReference> unresolved;
  /// With `delivery: group`: the groups themselves, those that were found. Ordered, each once.
  std::vector<GroupId> groups;
};

/// The union of rule, groups and users, less `except`, narrowed by `where`; of these the people.
/// With `delivery: group` the members of a group are its direct ones, whom alone the service
/// licenses.
SubjectSelection SelectSubjects(const LicensePolicy& policy, const ObservedState& observed,
                                RuleEvaluator& evaluator);

/// One part of a policy's subjects, and whether it holds for one user.
struct SubjectPart {
  enum class Kind { kRule, kGroup, kUser, kWhere, kExceptRule, kExceptGroup, kExceptUser };
  Kind kind = Kind::kRule;
  std::string written;  ///< The rule's text, or the name or id as the policy has it.
  SourcePosition at;
  bool matches = false;
  std::string unresolved;  ///< Why the reading cannot say; empty when it can.
};

/// Why SelectSubjects selects this user, or does not: every part, in the order of Subjects.
/// REQUIRES: a person, for nothing selects anybody else.
std::vector<SubjectPart> MatchSubjects(const LicensePolicy& policy, const ObservedState& observed,
                                       RuleEvaluator& evaluator, Row row);

/// Why a link that a rule names was not followed, for a person; `at` is where the rule stands.
std::string DescribeUnresolved(const Link& link, const ObservedState& observed,
                               const SourcePosition& at);

}  // namespace seatkeeper
