#include "daemon/explain_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/render_text.h"

namespace seatkeeper {
namespace {

std::string Joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string At(const SourcePosition& at) { return Printable(ToString(at)); }

// What the change would do, before anything is said of whether it may.
std::string Intent(const Step& step, const Change& change) {
  if (change.reprocesses()) return "to come through its group, once the user is processed again";
  switch (step.kind) {
    case Step::Kind::kAdd:
      return step.against.empty() ? "to be added"
                                  : fmt::format("to be added in exchange for {}",
                                                Printable(Joined(step.against, ", ")));
    case Step::Kind::kRemove:
      return step.against.empty()
                 ? "to be removed"
                 : fmt::format("to be exchanged for {}", Printable(Joined(step.against, ", ")));
    case Step::Kind::kPlans:
      break;
  }
  return "service plans to be switched";
}

std::string InOrder(const ProductExplanation& product) {
  if (product.granted) {
    return product.is_held() ? "held, as policy wants it"
                             : "granted, and satisfied by another rung of its ladder";
  }
  if (product.is_held()) return "held, and left as it is";
  return product.revoked ? "not held, as policy wants it" : "not held, and nothing grants it";
}

std::string Place(const Waiting& waiting) {
  const auto place = fmt::format("place {}", waiting.place);
  return waiting.begins ? place : fmt::format("{} since {}", place, FormatTime(waiting.since));
}

bool OnlyDoubled(const ProductExplanation& product) {
  return product.granted &&
         std::all_of(product.drift.begin(), product.drift.end(),
                     [](const Drift& drift) { return drift.kind == Drift::Kind::kRedundant; });
}

const Change& ChangeOf(const Explanation& explanation, const ProductExplanation& product) {
  return explanation.changes[product.steps.front().change];
}

std::string HoldersOf(const Change& change) {
  std::vector<std::string> names;
  for (const auto& held : change.held) {
    if (std::find(names.begin(), names.end(), held.guardrail) == names.end()) {
      names.push_back(held.guardrail);
    }
  }
  return Joined(names, ", ");
}

std::string_view NameOf(SubjectPart::Kind kind) {
  switch (kind) {
    case SubjectPart::Kind::kRule:
    case SubjectPart::Kind::kExceptRule:
      return "the rule";
    case SubjectPart::Kind::kGroup:
    case SubjectPart::Kind::kExceptGroup:
      return "the group";
    case SubjectPart::Kind::kUser:
    case SubjectPart::Kind::kExceptUser:
      return "the name";
    case SubjectPart::Kind::kWhere:
      break;
  }
  return "`where`";
}

bool IsRule(const SubjectPart& part) {
  return part.kind == SubjectPart::Kind::kRule || part.kind == SubjectPart::Kind::kExceptRule ||
         part.kind == SubjectPart::Kind::kWhere;
}

bool InUnion(const SubjectPart& part) {
  return part.kind == SubjectPart::Kind::kRule || part.kind == SubjectPart::Kind::kGroup ||
         part.kind == SubjectPart::Kind::kUser;
}

bool InExcept(const SubjectPart& part) {
  return !InUnion(part) && part.kind != SubjectPart::Kind::kWhere;
}

// A rule goes by its place, for it may be long; a group or user by its name.
std::string Describe(const SubjectPart& part) {
  if (IsRule(part)) return fmt::format("{} ({})", NameOf(part.kind), At(part.at));
  return fmt::format("{} \"{}\" ({})", NameOf(part.kind), Printable(part.written), At(part.at));
}

}  // namespace

std::string DescribeSuspension(const Explanation& explanation) {
  return fmt::format("The tenant is {}. Nothing is changed until `seatkeeper resume`.",
                     Printable(Describe(explanation.suspended)));
}

std::string DescribeStanding(const Explanation& explanation, const ProductExplanation& product) {
  switch (product.standing) {
    case Standing::kUntouched:
      return "not named by any document: never touched";
    case Standing::kInOrder:
      return InOrder(product);
    case Standing::kToAdd:
    case Standing::kToRemove:
    case Standing::kToSwap:
    case Standing::kToSwitch:
      return fmt::format("{}, in wave {}",
                         Intent(product.steps.front(), ChangeOf(explanation, product)),
                         ChangeOf(explanation, product).wave);
    case Standing::kDeferred:
      return fmt::format("{}, but that waits",
                         Intent(product.steps.front(), ChangeOf(explanation, product)));
    case Standing::kHeld:
      return fmt::format("{}, but held by {}",
                         Intent(product.steps.front(), ChangeOf(explanation, product)),
                         HoldersOf(ChangeOf(explanation, product)));
    case Standing::kWaiting:
      return "granted, and waiting for a seat: " + Place(*product.waiting);
    case Standing::kTied:
      return "granted and revoked with the same priority: left as it is";
    case Standing::kNotApplicable:
      return product.is_held() ? "held, and left as it is" : "not held";
    case Standing::kLeft:
      break;
  }
  if (OnlyDoubled(product)) return "held, directly and from a group: the direct copy stays";
  return product.is_held() ? "held, but not as policy wants it; nothing is done about it"
                           : "granted, but not given";
}

std::string DescribeSource(const HeldFrom& held) {
  std::string text = "from a source that the reading does not name";
  if (held.source == AssignmentSource::kDirect) text = "directly";
  if (held.group) {
    text = held.group_name.empty()
               ? fmt::format("through the group {} (its name was not read)", held.group->ToString())
               : fmt::format("through the group \"{}\" ({})", Printable(held.group_name),
                             held.group->ToString());
  }
  if (!held.updated.empty()) text += fmt::format(", since {}", Printable(held.updated));
  if (held.state != AssignmentState::kActive) {
    text += fmt::format("; in state {}", ToString(held.state));
    if (!held.error.empty()) text += fmt::format(" ({})", Printable(held.error));
    if (!held.has_seat) text += ", without a seat";
  } else if (!held.error.empty() && held.error != "None") {
    text += fmt::format("; {}", Printable(held.error));
  }
  return text;
}

std::string DescribeStatement(const StatementRole& statement) {
  const bool grants = statement.says == PolicyStatement::Kind::kGrant;
  auto what = fmt::format("{} by {}, priority {}{}", grants ? "granted" : "revoked",
                          OriginWords(statement.origin), statement.priority,
                          statement.by_group ? ", by licensing the group" : "");
  switch (statement.role) {
    case StatementRole::Role::kDecides:
      return what;
    case StatementRole::Role::kAgrees:
      return what + ", likewise";
    case StatementRole::Role::kTied:
      return what + ": tied";
    case StatementRole::Role::kOutranked:
      return what + ": outranked";
    case StatementRole::Role::kExpired:
      return fmt::format("{}: over since the end of {}", what, statement.expires);
    case StatementRole::Role::kNotSelected:
      break;
  }
  return what + ", but not to this user";
}

std::string WhySelected(const std::vector<SubjectPart>& parts) {
  std::vector<std::string> by;
  std::string where;
  for (const auto& part : parts) {
    if (InUnion(part) && part.matches) by.push_back(Describe(part));
    if (part.kind == SubjectPart::Kind::kWhere) where = fmt::format("; {} holds", Describe(part));
  }
  return fmt::format("selected by {}{}", Joined(by, " and "), where);
}

std::string WhyNotSelected(const std::vector<SubjectPart>& parts) {
  const bool in_union = std::any_of(parts.begin(), parts.end(), [](const SubjectPart& part) {
    return InUnion(part) && part.matches;
  });
  std::vector<std::string> why;
  for (const auto& part : parts) {
    if (!part.unresolved.empty()) {
      why.push_back(Printable(part.unresolved));
    } else if (!in_union && InUnion(part)) {
      // Dozens of names that are somebody else's explain nothing.
      if (part.kind != SubjectPart::Kind::kUser) {
        why.push_back(Describe(part) +
                      (IsRule(part) ? " does not match" : " does not have the user"));
      }
    } else if (in_union && part.kind == SubjectPart::Kind::kWhere && !part.matches) {
      why.push_back(Describe(part) + " does not hold");
    } else if (in_union && InExcept(part) && part.matches) {
      why.push_back(fmt::format("excepted by {}", Describe(part)));
    }
  }
  return why.empty() ? "not among the named users" : Joined(why, "; ");
}

}  // namespace seatkeeper
