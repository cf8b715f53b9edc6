#include "policy/rule/facts.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "policy/guid.h"
#include "policy/rule/operand.h"
#include "policy/rule/operator.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

// A comparison with a text or null that must hold.
struct Demand {
  Operator op{};
  bool null = false;               // Compared with null; no texts then.
  std::vector<std::string> texts;  // Folded, except patterns.

  bool ForcesText() const { return null ? op == Operator::kNe : !IsNegative(op); }
};

// REQUIRES: not a comparison of dates or of true and false.
Demand ToDemand(const Fact& fact) {
  const Comparison& comparison = *fact.comparison;
  Demand demand{
      .op = fact.holds ? comparison.op : *Opposite(comparison.op), .null = false, .texts = {}};
  for (const auto& value : comparison.values) {
    if (value.kind == Literal::Kind::kNull) {
      demand.null = true;
    } else {
      demand.texts.push_back(TakesPattern(demand.op) ? value.text : FoldCase(value.text));
    }
  }
  return demand;
}

using Candidate = std::optional<std::string>;  // A folded text, or null.

bool PassesPositive(Operator op, std::string_view text, std::string_view value) {
  switch (op) {
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return text.starts_with(value);
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return text.ends_with(value);
    case Operator::kContains:
    case Operator::kNotContains:
      return text.find(value) != std::string_view::npos;
    default:
      return text == value;
  }
}

bool MayAgree(const Demand& demand, const Candidate& candidate) {
  if (demand.null || !candidate) {
    return (demand.null == !candidate) != IsNegative(demand.op);
  }
  // Letter case may be told apart inside a pattern, and the candidate stands for every case.
  if (TakesPattern(demand.op)) return true;
  const bool passes = std::any_of(
      demand.texts.begin(), demand.texts.end(),
      [&](const std::string& value) { return PassesPositive(demand.op, *candidate, value); });
  return passes != IsNegative(demand.op);
}

// The only values that the operand may have, where one of the demands lists them.
std::optional<std::vector<Candidate>> Candidates(const std::vector<Demand>& demands) {
  for (const auto& demand : demands) {
    if (demand.op != Operator::kEq && demand.op != Operator::kIn) continue;
    if (demand.null) return std::vector<Candidate>{std::nullopt};
    return std::vector<Candidate>(demand.texts.begin(), demand.texts.end());
  }
  return std::nullopt;
}

// What is known of a text whose whole is not.
struct Parts {
  std::string start;
  std::string end;
  std::vector<std::string> pieces;  // Both included.
};

// The longer of two starts (or ends), of which the shorter must be a part.
bool Extend(std::string& known, const std::string& other, bool at_end) {
  const auto& longer = known.size() < other.size() ? other : known;
  const auto& shorter = known.size() < other.size() ? known : other;
  if (at_end ? !longer.ends_with(shorter) : !longer.starts_with(shorter)) return false;
  known = std::string(longer);
  return true;
}

// Nothing when two of the demands cannot both be part of one text.
std::optional<Parts> PartsOf(const std::vector<Demand>& demands) {
  Parts parts;
  for (const auto& demand : demands) {
    if (demand.null) continue;
    if (demand.op == Operator::kStartsWith && !Extend(parts.start, demand.texts.at(0), false)) {
      return std::nullopt;
    }
    if (demand.op == Operator::kEndsWith && !Extend(parts.end, demand.texts.at(0), true)) {
      return std::nullopt;
    }
    if (demand.op == Operator::kContains) parts.pieces.push_back(demand.texts.at(0));
  }
  parts.pieces.push_back(parts.start);
  parts.pieces.push_back(parts.end);
  return parts;
}

bool Forbids(const Demand& demand, const Parts& parts) {
  if (demand.null) return false;
  switch (demand.op) {
    case Operator::kNotStartsWith:
      return parts.start.starts_with(demand.texts.at(0));
    case Operator::kNotEndsWith:
      return parts.end.ends_with(demand.texts.at(0));
    case Operator::kNotContains:
      return std::any_of(parts.pieces.begin(), parts.pieces.end(), [&](const auto& piece) {
        return piece.find(demand.texts.at(0)) != std::string::npos;
      });
    default:
      return false;
  }
}

bool MatchAndNotMatch(const std::vector<Demand>& demands) {
  for (const auto& match : demands) {
    if (match.op != Operator::kMatch) continue;
    for (const auto& other : demands) {
      if (other.op == Operator::kNotMatch && other.texts == match.texts) return true;
    }
  }
  return false;
}

bool NoTextAgrees(const std::vector<Demand>& demands, bool not_null, bool always_guid) {
  if (auto candidates = Candidates(demands)) {
    return std::none_of(candidates->begin(), candidates->end(), [&](const Candidate& candidate) {
      if (!candidate ? not_null : always_guid && !Guid::Parse(*candidate)) return false;
      return std::all_of(demands.begin(), demands.end(),
                         [&](const Demand& demand) { return MayAgree(demand, candidate); });
    });
  }
  // Whatever else is demanded agrees with null.
  if (!not_null && std::none_of(demands.begin(), demands.end(),
                                [](const Demand& demand) { return demand.ForcesText(); })) {
    return false;
  }
  const auto parts = PartsOf(demands);
  if (!parts || MatchAndNotMatch(demands)) return true;
  return std::any_of(demands.begin(), demands.end(),
                     [&](const Demand& demand) { return Forbids(demand, *parts); });
}

// Positive operators ask for one item each, negative ones speak of every item.
bool NoListAgrees(const std::vector<Demand>& demands, bool not_null) {
  bool empty = false;
  std::vector<Demand> of_every_item;
  for (const auto& demand : demands) {
    empty = empty || (demand.null && demand.op == Operator::kEq);
    not_null = not_null || demand.ForcesText();
    if (!demand.null && IsNegative(demand.op)) of_every_item.push_back(demand);
  }
  if (empty && not_null) return true;
  return std::any_of(demands.begin(), demands.end(), [&](const Demand& demand) {
    if (demand.null || IsNegative(demand.op)) return false;
    auto of_this_item = of_every_item;
    of_this_item.push_back(demand);
    return NoTextAgrees(of_this_item, true, false);
  });
}

bool NoBooleanAgrees(const std::vector<Fact>& facts, bool not_null) {
  const Literal kValues[] = {{},
                             {.kind = Literal::Kind::kBoolean, .boolean = false, .text = {}},
                             {.kind = Literal::Kind::kBoolean, .boolean = true, .text = {}}};
  return std::none_of(std::begin(kValues), std::end(kValues), [&](const Literal& value) {
    if (not_null && value.kind == Literal::Kind::kNull) return false;
    return std::all_of(facts.begin(), facts.end(), [&](const Fact& fact) {
      const bool equal = fact.comparison->values.at(0) == value;
      return (equal != IsNegative(fact.comparison->op)) == fact.holds;
    });
  });
}

struct Bounds {
  std::chrono::milliseconds least = std::chrono::milliseconds::min();
  std::chrono::milliseconds most = std::chrono::milliseconds::max();

  void Narrow(std::chrono::milliseconds bound, bool from_below, bool holds) {
    constexpr std::chrono::milliseconds kStep(1);
    if (from_below == holds) {
      least = std::max(least, holds ? bound : bound + kStep);
    } else {
      most = std::min(most, holds ? bound : bound - kStep);
    }
  }
};

bool NoDateAgrees(const std::vector<Fact>& facts, bool not_null) {
  bool null = false;
  Bounds fixed;
  Bounds from_now;  // How the two lie to each other changes with time.
  for (const auto& [comparison, holds] : facts) {
    const Literal& value = comparison->values.at(0);
    if (value.kind == Literal::Kind::kNull) {
      (holds == (comparison->op == Operator::kEq) ? null : not_null) = true;
      continue;
    }
    not_null = not_null || holds;
    const bool from_below = comparison->op == Operator::kGe;
    if (value.kind == Literal::Kind::kTime) {
      fixed.Narrow(value.time.time_since_epoch(), from_below, holds);
    } else {
      from_now.Narrow(value.offset, from_below, holds);
    }
  }
  if (null || !not_null) return null && not_null;
  return fixed.least > fixed.most || from_now.least > from_now.most;
}

}  // namespace

bool ExcludeEachOther(const std::vector<Fact>& facts, bool not_null) {
  if (facts.empty()) return false;
  const Operand& operand = facts.front().comparison->operand;
  const auto type = TypeOf(operand);
  if (type == PropertyType::kBoolean) return NoBooleanAgrees(facts, not_null);
  if (type == PropertyType::kDateTime) return NoDateAgrees(facts, not_null);
  std::vector<Demand> demands;
  demands.reserve(facts.size());
  for (const auto& fact : facts) demands.push_back(ToDemand(fact));
  if (type == PropertyType::kStringList) return NoListAgrees(demands, not_null);
  const auto* property = std::get_if<Property>(&operand);
  const auto* field = std::get_if<ItemField>(&operand);
  const bool user_id = property != nullptr && *property == Property::kObjectId;
  const bool plan_id = field != nullptr && *field == ItemField::kServicePlanId;
  return NoTextAgrees(demands, not_null || user_id, user_id || plan_id);
}

}  // namespace seatkeeper::rule
