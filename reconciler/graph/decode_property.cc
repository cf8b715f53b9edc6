#include "reconciler/graph/decode_property.h"

#include <algorithm>

#include "policy/text.h"
#include "reconciler/graph/user_select.h"
#include "reconciler/model/time.h"

namespace seatkeeper {
namespace {

// "0001-01-01T00:00:00Z": nobody signed in then.
bool IsNever(std::string_view sign_in) { return sign_in.empty() || sign_in.starts_with("0001-"); }

// Null is empty: services without a name have been seen.
bool TextOrNull(JsonWalk& walk, JsonWalk::Value value, std::string_view& out) {
  return walk.IsNull(value) || walk.Text(value, out);
}

}  // namespace

PropertyDecoder::PropertyDecoder(ObservedBuilder& sink) : sink_(sink), objects_(1) {
  for (const auto& info : rule::Properties()) {
    if (!sink.properties().Has(info.property) || info.property == rule::Property::kObjectId) {
      continue;
    }
    ObjectOf(ParentOf(info.property)).fields.push_back({info.graph_name, info.property});
  }
  for (const auto& extension : sink.properties().extensions()) {
    extensions_.push_back({.name = extension.name});
  }
}

PropertyDecoder::Object& PropertyDecoder::ObjectOf(std::string_view name) {
  for (auto& object : objects_) {
    if (object.name == name) return object;
  }
  return objects_.emplace_back(Object{.name = name, .fields = {}});
}

void PropertyDecoder::BeginUser() {
  for (auto& object : objects_) {
    for (auto& field : object.fields) field.in_user = false;
    if (object.name != kSignInActivity) continue;
    for (const auto& field : object.fields) sink_.SetNull(field.property);
  }
  for (const auto& extension : extensions_) sink_.SetExtensionNull(extension.name);
}

bool PropertyDecoder::Decode(JsonWalk& walk, std::string_view key, JsonWalk::Value value) {
  for (auto& field : objects_.front().fields) {
    if (field.name != key) continue;
    field.in_user = true;
    return DecodeValue(walk, field.property, value);
  }
  for (auto object = objects_.begin() + 1; object != objects_.end(); ++object) {
    if (object->name == key) return DecodeObject(walk, *object, value);
  }
  for (auto& extension : extensions_) {
    if (EqualsIgnoreCase(extension.name, key)) return DecodeExtension(walk, extension, value);
  }
  return true;
}

std::string_view PropertyDecoder::LeftOut() const {
  for (const auto& object : objects_) {
    if (object.name == kSignInActivity) continue;
    for (const auto& field : object.fields) {
      if (!field.in_user) return object.name.empty() ? field.name : object.name;
    }
  }
  return {};
}

bool PropertyDecoder::HasSeen(rule::Property property) const { return seen_.Has(property); }

bool PropertyDecoder::HasSeen(const rule::DirectoryExtension& extension) const {
  return std::any_of(extensions_.begin(), extensions_.end(), [&](const Extension& known) {
    return known.seen && EqualsIgnoreCase(known.name, extension.name);
  });
}

bool PropertyDecoder::DecodeObject(JsonWalk& walk, Object& object, JsonWalk::Value value) {
  for (auto& field : object.fields) {
    field.in_user = true;
    seen_.Add(field.property);
  }
  if (walk.IsNull(value)) {
    for (const auto& field : object.fields) sink_.SetNull(field.property);
    return true;
  }
  return walk.Fields(value, [&](std::string_view key, JsonWalk::Value inner) {
    for (const auto& field : object.fields) {
      if (field.name == key) return DecodeValue(walk, field.property, inner);
    }
    return true;
  });
}

bool PropertyDecoder::DecodeExtension(JsonWalk& walk, Extension& extension, JsonWalk::Value value) {
  extension.seen = true;
  if (walk.IsNull(value)) return true;
  std::string_view text;
  if (!walk.Text(value, text)) return false;
  sink_.SetExtension(extension.name, text);
  return true;
}

bool PropertyDecoder::DecodeValue(JsonWalk& walk, rule::Property property, JsonWalk::Value value) {
  seen_.Add(property);
  if (walk.IsNull(value)) {
    sink_.SetNull(property);
    return true;
  }
  switch (rule::Info(property).type) {
    case rule::PropertyType::kBoolean:
      return DecodeBoolean(walk, property, value);
    case rule::PropertyType::kString:
      return DecodeText(walk, property, value);
    case rule::PropertyType::kDateTime:
      return DecodeTime(walk, property, value);
    case rule::PropertyType::kStringList:
      if (!DecodeTexts(walk, value)) return false;
      sink_.SetList(property, texts_);
      return true;
    case rule::PropertyType::kPlanList:
      return DecodePlans(walk, value);
  }
  return walk.Fail("of no type");
}

bool PropertyDecoder::DecodeBoolean(JsonWalk& walk, rule::Property property,
                                    JsonWalk::Value value) {
  bool flag = false;
  if (!walk.Boolean(value, flag)) return false;
  sink_.SetBoolean(property, flag);
  return true;
}

bool PropertyDecoder::DecodeText(JsonWalk& walk, rule::Property property, JsonWalk::Value value) {
  if (!IsFirstOfList(property)) {
    std::string_view text;
    if (!walk.Text(value, text)) return false;
    sink_.SetText(property, text);
    return true;
  }
  if (!DecodeTexts(walk, value)) return false;
  if (texts_.empty()) {
    sink_.SetNull(property);
  } else {
    sink_.SetText(property, texts_.front());
  }
  return true;
}

bool PropertyDecoder::DecodeTime(JsonWalk& walk, rule::Property property, JsonWalk::Value value) {
  std::string_view text;
  if (!walk.Text(value, text)) return false;
  if (ParentOf(property) == kSignInActivity && IsNever(text)) {
    sink_.SetNull(property);
    return true;
  }
  const auto time = ParseTime(text);
  if (!time) return walk.Fail("not a time like 2026-01-05T08:00:00Z");
  sink_.SetTime(property, *time);
  return true;
}

bool PropertyDecoder::DecodeTexts(JsonWalk& walk, JsonWalk::Value value) {
  texts_.clear();
  return walk.Items(value,
                    [&](JsonWalk::Value item) { return walk.Text(item, texts_.emplace_back()); });
}

bool PropertyDecoder::DecodePlans(JsonWalk& walk, JsonWalk::Value value) {
  plans_.clear();
  if (!walk.Items(value, [&](JsonWalk::Value item) { return DecodePlan(walk, item); })) {
    return false;
  }
  sink_.SetPlans(plans_);
  return true;
}

bool PropertyDecoder::DecodePlan(JsonWalk& walk, JsonWalk::Value value) {
  AssignedPlanInput& plan = plans_.emplace_back();
  const bool decoded = walk.Fields(value, [&](std::string_view key, JsonWalk::Value field) {
    if (key == "service") return TextOrNull(walk, field, plan.service);
    if (key == "capabilityStatus") return TextOrNull(walk, field, plan.capability_status);
    if (key != "servicePlanId") return true;
    if (!walk.Text(field, plan.service_plan_id)) return false;
    return PlanId::Parse(plan.service_plan_id) || walk.Fail("not a GUID");
  });
  return decoded && (!plan.service_plan_id.empty() || walk.FailMissing("servicePlanId"));
}

}  // namespace seatkeeper
