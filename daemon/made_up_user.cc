#include "daemon/made_up_user.h"

#include <algorithm>
#include <string_view>
#include <variant>

#include "policy/json_text.h"
#include "policy/rule/moment.h"
#include "policy/rule/property.h"
#include "policy/test_user.h"
#include "policy/text.h"
#include "reconciler/graph/user_select.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

using Kind = yaml::Node::Kind;
using rule::PropertyType;

void WriteScalar(const yaml::Node& value, PropertyType type, std::string& out) {
  if (type == PropertyType::kBoolean) {
    out += value.scalar;
    return;
  }
  if (type == PropertyType::kDateTime) {
    AppendJsonString(out,
                     rule::PrintMoment(std::get<rule::Moment>(rule::ParseMoment(value.scalar))));
    return;
  }
  AppendJsonString(out, value.scalar);
}

// Texts, lists of texts, and lists of service plans.
void WriteValue(const yaml::Node& value, PropertyType type, std::string& out) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ',';
    first = false;
  };
  switch (value.kind) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kScalar:
      return WriteScalar(value, type, out);
    case Kind::kSequence:
      out += '[';
      for (const auto& item : value.items) {
        separate();
        WriteValue(item, PropertyType::kString, out);
      }
      out += ']';
      return;
    case Kind::kMapping:
      out += '{';
      for (const auto& entry : value.entries) {
        separate();
        AppendJsonString(out, entry.key);
        out += ':';
        WriteValue(entry.value, PropertyType::kString, out);
      }
      out += '}';
  }
}

// The properties that lie in the object `parent` of the user, or in the user itself.
void WriteLevel(const yaml::Node* node, std::string_view parent, const PropertySet& needed,
                ObjectWriter& object, std::string& out) {
  for (const auto& info : rule::Properties()) {
    if (ParentOf(info.property) != parent || info.property == rule::Property::kObjectId) continue;
    const auto* value = node == nullptr ? nullptr : node->Find(info.graph_name);
    if (value != nullptr) {
      object.Key(info.graph_name);
      WriteValue(*value, info.type, out);
    } else if (needed.Has(info.property) && !PlanningProperties().Has(info.property)) {
      object.Null(info.graph_name);
    }
  }
}

// What an account has that somebody has just created.
void WriteUsual(const yaml::Node& user, ObjectWriter& object) {
  if (user.Find("accountEnabled") == nullptr) object.Boolean("accountEnabled", true);
  if (user.Find("userType") == nullptr) object.Text("userType", "Member");
  if (user.Find("usageLocation") == nullptr) object.Text("usageLocation", "US");
  if (user.Find("displayName") == nullptr) {
    object.Text("displayName", user.Find("userPrincipalName")->scalar);
  }
}

void WriteExtensions(const yaml::Node& user, const PropertySet& needed, ObjectWriter& object,
                     std::string& out) {
  for (const auto& extension : needed.extensions()) {
    const auto written =
        std::find_if(user.entries.begin(), user.entries.end(), [&](const yaml::Node::Entry& entry) {
          return EqualsIgnoreCase(entry.key, extension.name);
        });
    object.Key(extension.name);
    if (written == user.entries.end()) {
      out += "null";
    } else {
      WriteValue(written->value, PropertyType::kString, out);
    }
  }
}

}  // namespace

void WriteMadeUpProperties(const yaml::Node& user, const PropertySet& needed, ObjectWriter& object,
                           std::string& out) {
  WriteUsual(user, object);
  WriteLevel(&user, {}, needed, object, out);
  for (const auto parent : {kExtensionAttributes, kSignIns}) {
    const auto* node = user.Find(parent);
    object.Key(parent);
    ObjectWriter inner(out);
    WriteLevel(node, parent, needed, inner, out);
    inner.End();
  }
  WriteExtensions(user, needed, object, out);
}

}  // namespace seatkeeper
