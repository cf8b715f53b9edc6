#include "policy/test_user.h"

#include <algorithm>
#include <string>
#include <variant>

#include "policy/fields.h"
#include "policy/guid.h"
#include "policy/rule/moment.h"
#include "policy/rule/property.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Kind = yaml::Node::Kind;
using rule::PropertyInfo;
using rule::PropertyType;

// Where Graph keeps the property; empty: in the user itself.
std::string_view ObjectOf(const PropertyInfo& info) {
  if (rule::IsExtensionAttribute(info.property)) return kExtensionAttributes;
  const bool sign_in = info.rule_name.substr(0, kSignIns.size()) == kSignIns;
  return sign_in ? kSignIns : std::string_view();
}

bool IsList(const PropertyInfo& info) {
  return info.type == PropertyType::kStringList || info.type == PropertyType::kPlanList ||
         info.property == rule::Property::kTelephoneNumber ||
         info.property == rule::Property::kSipProxyAddress;
}

class UserCheck {
 public:
  explicit UserCheck(std::vector<Diagnostic>& diagnostics) : diagnostics_(diagnostics) {}

  void Check(const yaml::Node& node, std::string_view object) {
    for (const auto& entry : node.entries) CheckEntry(entry, object);
  }

 private:
  void CheckEntry(const yaml::Node::Entry& entry, std::string_view object) {
    if (object.empty() && (entry.key == kExtensionAttributes || entry.key == kSignIns)) {
      return CheckObject(entry);
    }
    if (object.empty() && entry.key == kManager) return;
    if (object.empty() && entry.key.starts_with("extension_")) {
      return CheckScalar(entry, PropertyType::kString);
    }
    const auto all = rule::Properties();
    const auto info = std::find_if(all.begin(), all.end(), [&](const PropertyInfo& each) {
      return each.graph_name == entry.key && ObjectOf(each) == object;
    });
    if (info == all.end()) return ReportUnknown(entry, object);
    if (IsList(*info)) return CheckList(entry, *info);
    if (info->property == rule::Property::kObjectId) return CheckId(entry);
    CheckScalar(entry, info->type);
  }

  void CheckObject(const yaml::Node::Entry& entry) {
    if (entry.value.kind == Kind::kMapping) return Check(entry.value, entry.key);
    ReportType(entry, "a mapping");
  }

  void CheckId(const yaml::Node::Entry& entry) {
    if (!Guid::Parse(entry.value.scalar)) ReportType(entry, "a GUID");
  }

  void CheckScalar(const yaml::Node::Entry& entry, PropertyType type) {
    const auto& value = entry.value;
    if (value.kind == Kind::kNull) return;
    const bool boolean = !value.quoted && (value.scalar == "true" || value.scalar == "false");
    if (type == PropertyType::kBoolean) {
      if (value.kind != Kind::kScalar || !boolean) ReportType(entry, "true, false or null");
    } else if (type == PropertyType::kDateTime) {
      const auto moment = rule::ParseMoment(value.scalar);
      if (!std::holds_alternative<rule::Moment>(moment)) ReportType(entry, "a moment or null");
    } else if (value.kind != Kind::kScalar) {
      ReportType(entry, "a text or null");
    }
  }

  void CheckList(const yaml::Node::Entry& entry, const PropertyInfo& info) {
    const auto wanted = info.type == PropertyType::kPlanList ? Kind::kMapping : Kind::kScalar;
    const auto& value = entry.value;
    if (value.kind == Kind::kNull) return;
    if (value.kind != Kind::kSequence ||
        std::any_of(value.items.begin(), value.items.end(),
                    [&](const yaml::Node& item) { return item.kind != wanted; })) {
      ReportType(entry, wanted == Kind::kMapping ? "a list of mappings" : "a list of texts");
    }
  }

  void ReportType(const yaml::Node::Entry& entry, std::string_view wanted) {
    diagnostics_.push_back(ErrorAt(entry.value, "wrong-type",
                                   Quoted(entry.key) + " must be " + std::string(wanted),
                                   "as Microsoft Graph has it in its users"));
  }

  void ReportUnknown(const yaml::Node::Entry& entry, std::string_view object) {
    if (entry.key == "assignedLicenses" || entry.key == "licenseAssignmentStates") {
      return Report(entry, "what a user holds stands in `holds` of the test");
    }
    std::vector<std::string_view> names;
    for (const auto& info : rule::Properties()) {
      if (ObjectOf(info) == object) names.push_back(info.graph_name);
    }
    auto hint = SuggestNearest(entry.key, names);
    // Who knows the property from rules may not know what Graph calls it.
    if (const auto property = rule::FindProperty(entry.key); property && hint.empty()) {
      const auto& info = rule::Info(*property);
      const auto where = ObjectOf(info);
      hint = "Graph calls it " + Quoted(info.graph_name) +
             (where.empty() ? std::string() : ", in the mapping " + Quoted(where));
    }
    Report(entry, hint);
  }

  void Report(const yaml::Node::Entry& entry, std::string hint) {
    diagnostics_.push_back({.code = "unknown-property",
                            .message = Quoted(entry.key) + " is no property that rules know",
                            .hint = std::move(hint),
                            .at = entry.at,
                            .length = entry.length});
  }

  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

void CheckTestUser(const yaml::Node& user, std::vector<Diagnostic>& diagnostics) {
  UserCheck(diagnostics).Check(user, {});
}

}  // namespace seatkeeper
