#include "reconciler/plan/selection.h"

#include <fmt/format.h>

#include "reconciler/plan/rule_eval.h"

namespace seatkeeper {
namespace {

std::string DescribeGroup(const Positioned<std::string>& group, const GroupReading* reading) {
  std::string why = "was not read";
  if (reading != nullptr) {
    switch (reading->status) {
      case GroupReading::Status::kMissing:
        why = "does not exist";
        break;
      case GroupReading::Status::kAmbiguous:
        why = "names more than one group; use its object id";
        break;
      case GroupReading::Status::kUnreadable:
      case GroupReading::Status::kFound:
        why = "could not be read: " + reading->detail;
        break;
    }
  }
  return fmt::format("group \"{}\" ({}) {}", group.value, ToString(group.at), why);
}

class UnionResolver {
 public:
  UnionResolver(const ObservedState& observed, std::vector<UnresolvedReference>& unresolved,
                bool in_except)
      : observed_(observed), unresolved_(unresolved), in_except_(in_except) {}

  RowSet Resolve(const SubjectUnion& subjects) {
    RowSet rows(observed_.users.size());
    if (subjects.rule) rows |= Evaluate(subjects.rule->expression, observed_.users);
    for (const auto& group : subjects.groups) AddGroup(group, rows);
    for (const auto& user : subjects.users) AddUser(user, rows);
    return rows;
  }

 private:
  void AddGroup(const Positioned<std::string>& written, RowSet& rows) {
    const auto* reading = observed_.FindReference(written.value);
    const auto* group = reading != nullptr && reading->status == GroupReading::Status::kFound
                            ? observed_.FindGroup(reading->id)
                            : nullptr;
    if (group == nullptr) {
      unresolved_.push_back({DescribeGroup(written, reading), in_except_});
      return;
    }
    // A member who is not among the users joined after the users were listed: the next reading
    // has them.
    for (const auto& member : group->members) {
      if (const auto row = observed_.users.Find(member)) rows.Insert(*row);
    }
  }

  void AddUser(const Positioned<std::string>& written, RowSet& rows) {
    const auto id = UserId::Parse(written.value);
    const auto row =
        id ? observed_.users.Find(*id) : observed_.users.FindByPrincipalName(written.value);
    if (row) {
      rows.Insert(*row);
    } else {
      unresolved_.push_back(
          {fmt::format("user \"{}\" ({}) was not found", written.value, ToString(written.at)),
           in_except_});
    }
  }

  const ObservedState& observed_;
  std::vector<UnresolvedReference>& unresolved_;
  bool in_except_;
};

}  // namespace

RowSet SelectSubjects(const Subjects& subjects, const ObservedState& observed,
                      std::vector<UnresolvedReference>& unresolved) {
  RowSet rows = UnionResolver(observed, unresolved, false).Resolve(subjects.of);
  if (subjects.where) rows &= Evaluate(subjects.where->expression, observed.users);
  rows -= UnionResolver(observed, unresolved, true).Resolve(subjects.except);
  return rows;
}

}  // namespace seatkeeper
