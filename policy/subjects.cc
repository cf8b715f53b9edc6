#include "policy/subjects.h"

#include <algorithm>
#include <set>

#include "policy/fields.h"
#include "policy/guid.h"
#include "policy/rule/lint.h"
#include "policy/rule/parser.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr FieldSpec kSubjectFields[] = {{"rule"}, {"groups"}, {"users"}, {"where"}, {"except"}};
constexpr FieldSpec kExceptFields[] = {{"rule"}, {"groups"}, {"users"}};

Diagnostic RuleError(const yaml::Node& node, const rule::ParseError& error) {
  Diagnostic diagnostic = ErrorAt(node, error.code, error.message, error.hint);
  if (node.verbatim) {
    diagnostic.at.column += static_cast<int>(error.offset) + (node.quoted ? 1 : 0);
    diagnostic.length = static_cast<int>(std::max<std::size_t>(1, error.length));
  } else {
    diagnostic.message += " (character " + std::to_string(error.offset + 1) + " of the rule)";
  }
  return diagnostic;
}

std::optional<Rule> ReadRule(Fields& fields, std::string_view key) {
  auto text = fields.String(key);
  if (!text) return std::nullopt;
  const yaml::Node& node = *fields.Find(key);
  auto parsed = rule::Parse(text->value);
  if (const auto* error = std::get_if<rule::ParseError>(&parsed)) {
    fields.diagnostics().push_back(RuleError(node, *error));
    return std::nullopt;
  }
  auto& expression = std::get<rule::Expression>(parsed);
  for (auto& lint : rule::FindLints(expression)) {
    fields.Warning(key, std::move(lint.code), std::move(lint.message), std::move(lint.hint));
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
