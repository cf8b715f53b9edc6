#include "policy/rule/special.h"

#include <string>
#include <utility>

#include "policy/rule/vocabulary.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Kind = Token::Kind;
using Role = OperatorWord::Role;

constexpr char kReportsForm[] = "write Direct Reports for \"<object id of the manager>\"";
constexpr char kMemberOfForm[] =
    "its only form is user.memberOf -any (group.objectId -in ['<object id>', ...]); `groups` "
    "beside "
    "the rule takes names, too";

std::string IdHint(const std::string& text) {
  if (text.starts_with('{') && text.ends_with('}')) return "leave the braces out";
  return "an object id looks like 1f3c9d2a-7b44-4e0c-9d6a-2f8b1c5e7d90";
}

template <typename SomeId>
std::optional<SomeId> ReadId(Cursor& cursor, const char* form) {
  if (!cursor.At(Kind::kString)) {
    return cursor.FailHere("rule-syntax", "an object id in quotes must stand here", form);
  }
  const auto id = SomeId::Parse(cursor.token().text);
  if (!id) {
    return cursor.FailHere("rule-not-an-id", Quoted(cursor.token().text) + " is not an object id",
                           IdHint(cursor.token().text));
  }
  cursor.Advance();
  return id;
}

// Passes what the only form of memberOf has at this place.
bool Pass(Cursor& cursor, bool there, const std::string& wanted) {
  if (there) {
    cursor.Advance();
  } else {
    cursor.FailHere("rule-member-of", wanted + " must stand here", kMemberOfForm);
  }
  return there;
}

bool PassOpening(Cursor& cursor) {
  cursor.Advance();
  if (!Pass(cursor, cursor.AtRole(Role::kAny), "-any")) return false;
  if (!Pass(cursor, cursor.At(Kind::kOpen), "(")) return false;
  if (!Pass(cursor, cursor.AtWord(kMemberOfItem), std::string(kMemberOfItem))) return false;
  const auto* word = cursor.Operator();
  const bool in = word != nullptr && word->role == Role::kComparison && word->op == Operator::kIn;
  return Pass(cursor, in, "-in") && Pass(cursor, cursor.At(Kind::kOpenList), "[");
}

}  // namespace

std::optional<Expression> ReadDirectReports(Cursor& cursor) {
  const Token start = cursor.token();
  cursor.Advance();
  if (!cursor.AtWord("Reports")) {
    return cursor.Fail({.code = "rule-syntax",
                        .message = "a property must stand here, not " + Quoted(start.raw),
                        .hint = kReportsForm,
                        .offset = start.offset,
                        .length = start.length});
  }
  cursor.Advance();
  if (!cursor.AtWord("for")) {
    return cursor.FailHere("rule-syntax", "`for` must stand here", kReportsForm);
  }
  cursor.Advance();
  const auto manager = ReadId<UserId>(cursor, kReportsForm);
  if (!manager) return std::nullopt;
  return Expression{DirectReports{*manager}};
}

std::optional<Expression> ReadMemberOf(Cursor& cursor) {
  if (!PassOpening(cursor)) return std::nullopt;
  MemberOf member_of;
  while (true) {
    const auto group = ReadId<GroupId>(cursor, kMemberOfForm);
    if (!group) return std::nullopt;
    member_of.groups.push_back(*group);
    if (!cursor.At(Kind::kComma)) break;
    if (member_of.groups.size() == kMaxMemberOfGroups) {
      return cursor.FailHere(
          "rule-member-of",
          "a rule names at most " + std::to_string(kMaxMemberOfGroups) + " groups",
          "split it over several policies, or name `groups` beside the rule");
    }
    cursor.Advance();
  }
  if (!Pass(cursor, cursor.At(Kind::kCloseList), "a comma or ]")) return std::nullopt;
  if (!Pass(cursor, cursor.At(Kind::kClose), ")")) return std::nullopt;
  return Expression{std::move(member_of)};
}

}  // namespace seatkeeper::rule
