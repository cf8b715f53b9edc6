#include "policy/rule/vocabulary.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "policy/rule/operand.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

constexpr std::string_view kUserPrefix = "user.";
constexpr std::string_view kPlanPrefix = "assignedPlan.";
constexpr std::string_view kExtensionPrefix = "extension_";
constexpr std::size_t kAppIdDigits = 32;
constexpr char kComparisonHint[] =
    "a comparison is: property operator value, as in user.country -eq \"FR\"";

// What Graph's users have and Entra's rules have not, and what says the same in a rule.
struct Instead {
  std::string_view graph_name;
  std::string_view hint;
};
constexpr Instead kInstead[] = {
    {"manager", "write a rule of its own: Direct Reports for \"<object id of the manager>\""},
    {"directReports", "write a rule of its own: Direct Reports for \"<object id of the manager>\""},
    {"assignedLicenses",
     "rules know service plans: user.assignedPlans -any (assignedPlan.servicePlanId -eq \"...\")"},
    {"licenseAssignmentStates",
     "rules know service plans: user.assignedPlans -any (assignedPlan.servicePlanId -eq \"...\")"},
    {"onPremisesExtensionAttributes",
     "in a rule these are called user.extensionAttribute1 to user.extensionAttribute15"},
    {"signInActivity",
     "its times are user.signInActivity.lastSignInDateTime, .lastNonInteractiveSignInDateTime and "
     ".lastSuccessfulSignInDateTime"},
    {"groups",
     "write user.memberOf -any (group.objectId -in ['...']), or name `groups` beside the "
     "rule"},
};

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// The rest of a name that begins as Graph writes extension attributes, or the name itself.
std::string_view WithoutGraphParent(std::string_view name) {
  constexpr std::string_view kParent = "onPremisesExtensionAttributes.";
  return StartsWithIgnoreCase(name, kParent) ? name.substr(kParent.size()) : name;
}

const PropertyInfo* FindByGraphName(std::string_view name) {
  name = WithoutGraphParent(name);
  for (const auto& info : Properties()) {
    if (EqualsIgnoreCase(info.graph_name, name)) return &info;
  }
  return nullptr;
}

const Instead* FindInstead(std::string_view name) {
  const auto* found = std::find_if(std::begin(kInstead), std::end(kInstead), [&](const auto& row) {
    return EqualsIgnoreCase(row.graph_name, name);
  });
  return found == std::end(kInstead) ? nullptr : found;
}

bool IsDirectoryExtension(std::string_view name) {
  if (!StartsWithIgnoreCase(name, kExtensionPrefix)) return false;
  name.remove_prefix(kExtensionPrefix.size());
  if (name.size() < kAppIdDigits + 2 || name[kAppIdDigits] != '_') return false;
  const auto id = name.substr(0, kAppIdDigits);
  const auto rest = name.substr(kAppIdDigits + 1);
  return std::all_of(id.begin(), id.end(), IsHexDigit) &&
         std::all_of(rest.begin(), rest.end(),
                     [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; });
}

std::string UnknownPropertyHint(std::string_view name) {
  if (const auto* info = FindByGraphName(name)) {
    return "in a rule this property is called user." + std::string(info->rule_name);
  }
  if (const auto* instead = FindInstead(name)) return std::string(instead->hint);
  if (StartsWithIgnoreCase(name, kExtensionPrefix)) {
    return "an extension is called extension_, the application's id in 32 digits without hyphens, "
           "_, and its name of letters, digits and _";
  }
  if (StartsWithIgnoreCase(WithoutGraphParent(name), "extensionAttribute")) {
    return "there are user.extensionAttribute1 to user.extensionAttribute15";
  }
  std::vector<std::string_view> known = {kMemberOf.substr(kUserPrefix.size())};
  for (const auto& info : Properties()) known.push_back(info.rule_name);
  const auto nearest = Nearest(name, known);
  return nearest ? "did you mean " + Quoted("user." + *nearest) + "?" : std::string();
}

ParseError At(std::string_view word, std::size_t offset, std::string code, std::string message,
              std::string hint) {
  return {.code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint),
          .offset = offset,
          .length = word.size()};
}

// What the word would be with its prefix, if that is all it lacks.
std::optional<std::string> WithPrefix(std::string_view word) {
  if (const auto property = FindProperty(word)) return NameOf(*property);
  if (const auto* info = FindByGraphName(word)) return NameOf(info->property);
  if (EqualsIgnoreCase(word, "memberOf")) return std::string(kMemberOf);
  if (IsDirectoryExtension(word)) return "user." + std::string(word);
  return std::nullopt;
}

std::optional<ParseError> ForeignPrefix(std::string_view word, std::size_t offset) {
  if (StartsWithIgnoreCase(word, "device.")) {
    return At(word, offset, "rule-device", "a rule here is about users, not devices",
              "licences belong to users: begin properties with user.");
  }
  if (word == "_" || StartsWithIgnoreCase(word, kPlanPrefix)) {
    return At(
        word, offset, "rule-item", Quoted(word) + " stands only inside -any (...) or -all (...)",
        word == "_" ? "write user.otherMails -any (_ -endsWith \"...\")"
                    : "write user.assignedPlans -any (" + std::string(word) + " -eq \"...\")");
  }
  if (StartsWithIgnoreCase(word, "group.")) {
    return At(word, offset, "rule-syntax", Quoted(word) + " stands only after user.memberOf",
              "write user.memberOf -any (group.objectId -in ['...'])");
  }
  if (StartsWithIgnoreCase(word, "system.")) {
    return At(word, offset, "rule-syntax", "the property must stand before the value",
              "write property operator value, as in user.employeeHireDate -le system.now");
  }
  return std::nullopt;
}

std::optional<ItemField> FindPlanField(std::string_view name) {
  for (const auto field : kPlanFields) {
    if (EqualsIgnoreCase(Spelling(field).substr(kPlanPrefix.size()), name)) return field;
  }
  return std::nullopt;
}

std::string PlanFieldHint(std::string_view name) {
  std::vector<std::string_view> known;
  known.reserve(std::size(kPlanFields));
  for (const auto field : kPlanFields) known.push_back(Spelling(field).substr(kPlanPrefix.size()));
  const auto nearest = Nearest(name, known);
  if (nearest) return "did you mean " + Quoted(std::string(kPlanPrefix) + *nearest) + "?";
  return "an assigned plan has servicePlanId, service and capabilityStatus";
}

}  // namespace

std::variant<Operand, ParseError> ResolveOperand(std::string_view word, std::size_t offset) {
  if (auto error = ForeignPrefix(word, offset)) return std::move(*error);
  if (StartsWithIgnoreCase(word, kUserPrefix)) {
    const auto name = word.substr(kUserPrefix.size());
    if (const auto property = FindProperty(name)) return *property;
    if (IsDirectoryExtension(name)) return DirectoryExtension{std::string(name)};
    return At(word, offset, "rule-unknown-property", "unknown property " + Quoted(word),
              UnknownPropertyHint(name));
  }
  if (const auto whole = WithPrefix(word)) {
    return At(word, offset, "rule-missing-prefix", Quoted(word) + " lacks its prefix",
              "write " + *whole);
  }
  return At(word, offset, "rule-syntax", "a property must stand here, not " + Quoted(word),
            kComparisonHint);
}

std::variant<Operand, ParseError> ResolveItem(std::string_view word, std::size_t offset,
                                              Property list) {
  const PropertyType type = Info(list).type;
  const std::string list_name = NameOf(list);
  if (type == PropertyType::kStringList && word == "_") return ItemField::kItem;
  if (type == PropertyType::kPlanList && StartsWithIgnoreCase(word, kPlanPrefix)) {
    const auto name = word.substr(kPlanPrefix.size());
    if (const auto field = FindPlanField(name)) return *field;
    return At(word, offset, "rule-item", "an assigned plan has no " + Quoted(name),
              PlanFieldHint(name));
  }
  const std::string example = "write " + std::string(ItemExample(type));
  if (StartsWithIgnoreCase(word, kUserPrefix)) {
    return At(word, offset, "rule-item",
              "in these parentheses stand only comparisons of items of " + list_name,
              example + "; join others outside the parentheses");
  }
  return At(word, offset, "rule-item", Quoted(word) + " is no item of " + list_name, example);
}

std::string_view ItemExample(PropertyType list) {
  return list == PropertyType::kPlanList ? "assignedPlan.servicePlanId -eq \"...\""
                                         : "_ -endsWith \"...\"";
}

}  // namespace seatkeeper::rule
