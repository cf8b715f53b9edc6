#include "reconciler/plan/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/agents.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

std::string Why(GroupReading::Status status, const std::string& detail) {
  switch (status) {
    case GroupReading::Status::kMissing:
      return "does not exist";
    case GroupReading::Status::kAmbiguous:
      return "names more than one group; use its object id";
    case GroupReading::Status::kUnreadable:
    case GroupReading::Status::kFound:
      break;
  }
  return "could not be read: " + detail;
}

// The parts of subjects that look at one user, noted as they are resolved.
struct Witness {
  Row row = 0;
  std::vector<SubjectPart> parts;
};

class SubjectResolver {
 public:
  SubjectResolver(const ObservedState& observed, RuleEvaluator& evaluator,
                  Witness* witness = nullptr)
      : observed_(observed), evaluator_(evaluator), witness_(witness) {}

  SubjectSelection Resolve(const LicensePolicy& policy) {
    const auto& subjects = policy.subjects;
    delivery_ = policy.delivery;
    selection_.rows = ResolveUnion(subjects.of);
    if (subjects.where) {
      selection_.rows &= Evaluate(*subjects.where, SubjectPart::Kind::kWhere);
    }
    in_except_ = true;
    selection_.rows -= ResolveUnion(subjects.except);
    selection_.not_people = selection_.rows;
    KeepPeople(observed_.users, selection_.rows);
    selection_.not_people -= selection_.rows;
    SortUnique(selection_.groups);
    return std::move(selection_);
  }

 private:
  RowSet ResolveUnion(const SubjectUnion& subjects) {
    RowSet rows(observed_.users.size());
    if (subjects.rule) {
      rows |= Evaluate(*subjects.rule,
                       in_except_ ? SubjectPart::Kind::kExceptRule : SubjectPart::Kind::kRule);
    }
    for (const auto& group : subjects.groups) AddGroup(group, rows);
    for (const auto& user : subjects.users) AddUser(user, rows);
    return rows;
  }

  // `holds(row)` is asked only where somebody wants to know.
  template <typename Holds>
  void Note(SubjectPart::Kind kind, const std::string& written, const SourcePosition& at,
            const Holds& holds) {
    if (witness_ == nullptr) return;
    witness_->parts.push_back({.kind = kind,
                               .written = written,
                               .at = at,
                               .matches = holds(witness_->row),
                               .unresolved = {}});
  }

  RowSet Evaluate(const Rule& rule, SubjectPart::Kind kind) {
    auto selected = evaluator_.Evaluate(rule.expression);
    selection_.next_flip = Earlier(selection_.next_flip, selected.next_flip);
    Note(kind, rule.text, rule.at, [&](Row row) { return selected.rows.Contains(row); });
    for (const auto& link : selected.unresolved) {
      AddUnresolved(DescribeUnresolved(link, observed_, rule.at));
    }
    return std::move(selected.rows);
  }

  void AddGroup(const Positioned<std::string>& written, RowSet& rows) {
    const auto* reading = observed_.FindReference(written.value);
    const auto* group = reading != nullptr && reading->status == GroupReading::Status::kFound
                            ? observed_.FindGroup(reading->id)
                            : nullptr;
    const auto* members = group == nullptr ? nullptr : MembersOf(*group);
    Note(in_except_ ? SubjectPart::Kind::kExceptGroup : SubjectPart::Kind::kGroup, written.value,
         written.at, [&](Row row) {
           return members != nullptr &&
                  std::binary_search(members->begin(), members->end(), observed_.users.id(row));
         });
    if (members == nullptr) {
      if (IsPlanted(PlantedBug::kUnknownGroupIsEmpty)) return;
      AddUnresolved(fmt::format("group \"{}\" ({}) {}", written.value, ToString(written.at),
                                group != nullptr     ? WhyNoDirectMembers(*group)
                                : reading == nullptr ? "was not read"
                                                     : Why(reading->status, reading->detail)));
      return;
    }
    if (delivery_ == Delivery::kGroup) selection_.groups.push_back(group->id);
    // A member who is not among the users joined after the users were listed: the next reading
    // has them.
    observed_.users.ForEachKnown(*members, [&](Row row) { rows.Insert(row); });
  }

  // nullptr: the reading cannot say.
  const std::vector<UserId>* MembersOf(const Group& group) const {
    if (delivery_ == Delivery::kDirect) return &group.members;
    const auto* linked = observed_.FindLinked({Link::Kind::kDirectMembers, group.id.guid});
    return linked != nullptr && linked->status == GroupReading::Status::kFound ? &linked->users
                                                                               : nullptr;
  }

  std::string WhyNoDirectMembers(const Group& group) const {
    const auto* linked = observed_.FindLinked({Link::Kind::kDirectMembers, group.id.guid});
    return linked == nullptr ? "was read without its direct members"
                             : Why(linked->status, linked->detail);
  }

  void AddUser(const Positioned<std::string>& written, RowSet& rows) {
    const auto id = UserId::Parse(written.value);
    const auto row =
        id ? observed_.users.Find(*id) : observed_.users.FindByPrincipalName(written.value);
    Note(in_except_ ? SubjectPart::Kind::kExceptUser : SubjectPart::Kind::kUser, written.value,
         written.at, [&](Row asked) { return row == asked; });
    if (row) {
      rows.Insert(*row);
      if (!in_except_) LookForAgent(written, *row);
    } else {
      AddUnresolved(
          fmt::format("user \"{}\" ({}) was not found", written.value, ToString(written.at)));
    }
  }

  // Whoever writes an agent's name expects something of it.
  void LookForAgent(const Positioned<std::string>& written, Row row) {
    const auto type = observed_.users.not_people().find(row);
    if (type == observed_.users.not_people().end()) return;
    selection_.named_in_vain.push_back(
        fmt::format("user \"{}\" ({}) is {} and left alone: policies are for people", written.value,
                    ToString(written.at), DescribeAccount(type->second)));
  }

  void AddUnresolved(std::string what) {
    if (witness_ != nullptr) witness_->parts.back().unresolved = what;
    selection_.unresolved.push_back({std::move(what), in_except_});
  }

  const ObservedState& observed_;
  RuleEvaluator& evaluator_;
  Witness* witness_;
  SubjectSelection selection_;
  Delivery delivery_ = Delivery::kDirect;
  bool in_except_ = false;
};

}  // namespace

SubjectSelection SelectSubjects(const LicensePolicy& policy, const ObservedState& observed,
                                RuleEvaluator& evaluator) {
  return SubjectResolver(observed, evaluator).Resolve(policy);
}

std::vector<SubjectPart> MatchSubjects(const LicensePolicy& policy, const ObservedState& observed,
                                       RuleEvaluator& evaluator, Row row) {
  Witness witness{.row = row, .parts = {}};
  SubjectResolver(observed, evaluator, &witness).Resolve(policy);
  return std::move(witness.parts);
}

std::string DescribeUnresolved(const Link& link, const ObservedState& observed,
                               const SourcePosition& at) {
  const auto* linked = observed.FindLinked(link);
  return fmt::format("{} \"{}\" ({}) {}",
                     link.kind == Link::Kind::kDirectMembers ? "group" : "manager",
                     link.of.ToString(), ToString(at),
                     linked == nullptr ? "was not read" : Why(linked->status, linked->detail));
}

}  // namespace seatkeeper
