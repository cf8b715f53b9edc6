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

constexpr FieldSpec kSubjectFields[] = {{"rule"}, {"groups"}, {"users"}, {"where"}, {"except"}};
constexpr FieldSpec kExceptFields[] = {{"rule"}, {"groups"}, {"users"}};

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

std::optional<Rule> ReadRule(Fields& fields, std::string_view key) {
  auto text = fields.String(key);
  if (!text) return std::nullopt;
  const yaml::Node& node = *fields.Find(key);
  auto parsed = rule::Parse(text->value);
  if (auto* error = std::get_if<rule::ParseError>(&parsed)) {
    fields.diagnostics().push_back(ToDiagnostic(node, std::move(*error)));
    return std::nullopt;
  }
  auto& expression = std::get<rule::Expression>(parsed);
  for (auto& lint : rule::FindLints(expression, text->value)) {
    fields.diagnostics().push_back(ToDiagnostic(node, std::move(lint)));
  }
  return Rule{std::move(text->value), std::move(expression), text->at};
}

std::vector<Positioned<std::string>> ReadNames(Fields& fields, std::string_view key) {
  auto names = fields.StringList(key);
  if (!names) return {};
  const yaml::Node& list = *fields.Find(key);
  if (list.items.empty()) {
    fields.Error(key, "empty-list", Quoted(fields.PathOf(key)) + " names nobody",
                 "leave the key out, or name somebody");
  }
  std::set<std::string> seen;
  for (const auto& item : list.items) {
    if (item.scalar.empty() || seen.insert(FoldCase(item.scalar)).second) continue;
    fields.diagnostics().push_back(WarningAt(
        item, "duplicate-entry", Quoted(item.scalar) + " stands here twice", "keep one of them"));
  }
  return std::move(*names);
}

void CheckUsers(Fields& fields) {
  const yaml::Node* users = fields.Find("users");
  if (users == nullptr) return;
  for (const auto& user : users->items) {
    if (user.scalar.empty() || Guid::Parse(user.scalar)) continue;
    if (user.scalar.find('@') != std::string::npos) continue;
    fields.diagnostics().push_back(
        WarningAt(user, "not-a-user-name",
                  Quoted(user.scalar) + " is neither a user principal name nor an object id",
                  "write the name with its domain, as in lee@contoso.com"));
  }
}

SubjectUnion ReadUnion(Fields& fields) {
  SubjectUnion of;
  of.rule = ReadRule(fields, "rule");
  of.groups = ReadNames(fields, "groups");
  of.users = ReadNames(fields, "users");
  CheckUsers(fields);
  const bool named = fields.Has("rule") || fields.Has("groups") || fields.Has("users");
  if (!named && fields.node().kind == yaml::Node::Kind::kMapping) {
    fields.diagnostics().push_back(ErrorAt(fields.node(), "no-subjects",
                                           Quoted(fields.place()) + " selects nobody",
                                           "name at least one of rule, groups and users"));
  }
  return of;
}

}  // namespace

Subjects ReadSubjects(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  Fields fields(node, "spec.subjects", kSubjectFields, diagnostics);
  Subjects subjects;
  subjects.of = ReadUnion(fields);
  subjects.where = ReadRule(fields, "where");
  if (const yaml::Node* except = fields.Mapping("except")) {
    Fields except_fields(*except, "spec.subjects.except", kExceptFields, diagnostics);
    subjects.except = ReadUnion(except_fields);
  }
  return subjects;
}

}  // namespace seatkeeper
