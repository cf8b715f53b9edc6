#include "policy/subjects.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policy/fields.h"
#include "policy/guid.h"
#include "policy/rule/lint.h"
#include "policy/rule/parser.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

// Where a byte of the rule's text stands, for a person who cannot be shown it.
std::string PlaceInRule(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line_end = before.rfind('\n');
  const auto in_line = line_end == std::string_view::npos ? before : before.substr(line_end + 1);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return " (" + (lines == 0 ? "" : "line " + std::to_string(lines + 1) + ", ") + "character " +
         std::to_string(CountCharacters(in_line) + 1) + " of the rule)";
}

// Moves a finding from the rule as a whole to a part of it.
void MoveInto(Diagnostic& diagnostic, const yaml::Node& node, std::size_t offset,
              std::size_t length) {
  if (node.verbatim) {
    diagnostic.at.column += static_cast<int>(offset) + (node.quoted ? 1 : 0);
    diagnostic.length = static_cast<int>(std::max<std::size_t>(1, length));
  } else {
    diagnostic.message += PlaceInRule(node.scalar, offset);
  }
}

Diagnostic ToDiagnostic(const yaml::Node& node, rule::ParseError error) {
  auto diagnostic =
      ErrorAt(node, std::move(error.code), std::move(error.message), std::move(error.hint));
  MoveInto(diagnostic, node, error.offset, error.length);
  return diagnostic;
}

Diagnostic ToDiagnostic(const yaml::Node& node, rule::Lint lint) {
  auto diagnostic =
      WarningAt(node, std::move(lint.code), std::move(lint.message), std::move(lint.hint));
  if (lint.offset) MoveInto(diagnostic, node, *lint.offset, lint.length);
  return diagnostic;
}

std::optional<Rule> ReadRule(const Fields& fields, std::string_view key,
                             std::vector<Diagnostic>& diagnostics) {
  auto text = fields.String(key);
  if (!text) return std::nullopt;
  const yaml::Node& node = *fields.Find(key);
  auto parsed = rule::Parse(text->value);
  if (auto* error = std::get_if<rule::ParseError>(&parsed)) {
    diagnostics.push_back(ToDiagnostic(node, std::move(*error)));
    return std::nullopt;
  }
  auto& expression = std::get<rule::Expression>(parsed);
  for (auto& lint : rule::FindLints(expression, text->value)) {
    diagnostics.push_back(ToDiagnostic(node, std::move(lint)));
  }
  return Rule{std::move(text->value), std::move(expression), text->at};
}

std::vector<Positioned<std::string>> ReadNames(const Fields& fields, std::string_view key,
                                               std::vector<Diagnostic>& diagnostics) {
  auto names = fields.StringList(key);
  if (!names) return {};
  std::set<std::string> seen;
  for (const auto& item : fields.Find(key)->items) {
    if (item.scalar.empty() || seen.insert(FoldCase(item.scalar)).second) continue;
    diagnostics.push_back(WarningAt(
        item, "duplicate-entry", Quoted(item.scalar) + " stands here twice", "keep one of them"));
  }
  return std::move(*names);
}

SubjectUnion ReadUnion(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  return {.rule = ReadRule(Fields(node), "rule", diagnostics),
          .groups = ReadGroups(node, diagnostics),
          .users = ReadUsers(node, diagnostics)};
}

// Where rules or groups have a part in it, only a tenant can tell.
bool SelectsNobody(const Subjects& subjects) {
  if (subjects.of.rule || !subjects.of.groups.empty() || subjects.of.users.empty()) return false;
  std::set<std::string> excepted;
  for (const auto& user : subjects.except.users) excepted.insert(FoldCase(user.value));
  return std::all_of(subjects.of.users.begin(), subjects.of.users.end(),
                     [&](const auto& user) { return excepted.contains(FoldCase(user.value)); });
}

}  // namespace

std::vector<Positioned<std::string>> ReadGroups(const yaml::Node& node,
                                                std::vector<Diagnostic>& diagnostics) {
  return ReadNames(Fields(node), "groups", diagnostics);
}

std::vector<Positioned<std::string>> ReadUsers(const yaml::Node& node,
                                               std::vector<Diagnostic>& diagnostics) {
  const Fields fields(node);
  auto names = ReadNames(fields, "users", diagnostics);
  if (names.empty()) return names;
  for (const auto& user : fields.Find("users")->items) {
    if (user.scalar.empty() || Guid::Parse(user.scalar)) continue;
    if (user.scalar.find('@') != std::string::npos) continue;
    diagnostics.push_back(
        WarningAt(user, "not-a-user-name",
                  Quoted(user.scalar) + " is neither a user principal name nor an object id",
                  "write the name with its domain, as in lee@contoso.com"));
  }
  return names;
}

Subjects ReadSubjects(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  const Fields fields(node);
  Subjects subjects;
  subjects.of = ReadUnion(node, diagnostics);
  subjects.where = ReadRule(fields, "where", diagnostics);
  if (const yaml::Node* except = fields.Mapping("except")) {
    subjects.except = ReadUnion(*except, diagnostics);
    // A rule that is wrong was read as none.
    if (!fields.Has("rule") && SelectsNobody(subjects)) {
      diagnostics.push_back(WarningAt(*except, "selects-nobody",
                                      "`spec.subjects` selects nobody: all its users are excepted",
                                      "remove the document, or leave some of them in"));
    }
  }
  return subjects;
}

}  // namespace seatkeeper
