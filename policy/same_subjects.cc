#include "policy/same_subjects.h"

#include <algorithm>
#include <set>

#include "policy/text.h"

namespace seatkeeper {
namespace {

using Names = std::vector<Positioned<std::string>>;

std::set<std::string> Folded(const Names& names) {
  std::set<std::string> folded;
  for (const auto& name : names) folded.insert(FoldCase(name.value));
  return folded;
}

// Line ends separate: no name and no printed rule holds one that could pass for another part.
void Append(std::string& text, char part, const std::optional<Rule>& rule) {
  if (rule) text += std::string(1, part) + rule::Print(rule->expression) + '\n';
}
void Append(std::string& text, char part, const Names& names) {
  for (const auto& name : Folded(names)) text += std::string(1, part) + name + '\n';
}

bool IsEmpty(const SubjectUnion& subjects) {
  return !subjects.rule && subjects.groups.empty() && subjects.users.empty();
}

}  // namespace

std::string Fingerprint(const Subjects& subjects) {
  std::string text;
  Append(text, 'r', subjects.of.rule);
  Append(text, 'g', subjects.of.groups);
  Append(text, 'u', subjects.of.users);
  Append(text, 'w', subjects.where);
  Append(text, 'R', subjects.except.rule);
  Append(text, 'G', subjects.except.groups);
  Append(text, 'U', subjects.except.users);
  return text;
}

// The rule by which Entra's own documentation selects all users.
bool SelectsEverybody(const Subjects& subjects) {
  return subjects.of.rule && !subjects.where && IsEmpty(subjects.except) &&
         rule::Print(subjects.of.rule->expression) == "user.objectId -ne null";
}

std::vector<std::string> CertainUsers(const Subjects& subjects) {
  if (subjects.where || subjects.except.rule || !subjects.except.groups.empty()) return {};
  const auto users = Folded(subjects.of.users);
  const auto excepted = Folded(subjects.except.users);
  std::vector<std::string> certain;
  std::set_difference(users.begin(), users.end(), excepted.begin(), excepted.end(),
                      std::back_inserter(certain));
  return certain;
}

}  // namespace seatkeeper
