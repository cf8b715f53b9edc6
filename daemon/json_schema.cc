#include "daemon/json_schema.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "policy/schema/format.h"

namespace seatkeeper {
namespace {

using nlohmann::ordered_json;
using schema::Key;
using schema::Mapping;
using schema::Status;
using schema::Together;
using schema::Type;
using schema::Value;

constexpr char kDraft[] = "https://json-schema.org/draft/2020-12/schema";
constexpr char kLater[] = "Not yet in force in this version: refused until it is.";

ordered_json FromValue(const Value& value);

ordered_json Strings(std::span<const std::string_view> words) {
  auto list = ordered_json::array();
  for (const auto word : words) list.push_back(std::string(word));
  return list;
}

// What an editor shows of a word: enum values have no descriptions of their own.
std::string DescribeChoices(const Value& value) {
  std::string text;
  for (const auto& choice : value.choices) {
    if (choice.about.empty() || choice.refusal != nullptr || value.choices.size() == 1) continue;
    text += "\n`" + std::string(choice.word) + "`: " + std::string(choice.about);
    if (choice.later) text += " (not yet in force)";
  }
  return text;
}

// Draft 2020-12 has one `pattern` per schema.
void AddPatterns(ordered_json& json, const schema::Format& format) {
  json["pattern"] = std::string(format.pattern);
  auto more = ordered_json::array();
  for (const auto* also = format.also; also != nullptr; also = also->also) {
    more.push_back({{"pattern", std::string(also->pattern)}});
  }
  if (!more.empty()) json["allOf"] = std::move(more);
}

ordered_json FromText(const Value& value) {
  ordered_json json;
  if (!value.choices.empty()) {
    auto words = ordered_json::array();
    for (const auto& choice : value.choices) {
      if (!choice.later && choice.refusal == nullptr) words.push_back(std::string(choice.word));
    }
    if (words.size() == 1) {
      json["const"] = words[0];
    } else {
      json["enum"] = std::move(words);
    }
    return json;
  }
  // `name: 007` is text here and a number to a YAML parser.
  const bool plain = value.format == nullptr || value.format->plain;
  json["type"] = plain ? ordered_json{"string", "number", "boolean"} : ordered_json("string");
  json["minLength"] = 1;
  if (value.format != nullptr) AddPatterns(json, *value.format);
  return json;
}

ordered_json FromNumber(const Value& value) {
  const bool whole = value.type == Type::kInt;
  ordered_json json{{"type", whole ? "integer" : "number"}};
  const auto bound = [&](double number) {
    return number == static_cast<double>(static_cast<std::int64_t>(number))
               ? ordered_json(static_cast<std::int64_t>(number))
               : ordered_json(number);
  };
  json["minimum"] = bound(value.min);
  json["maximum"] = bound(value.max);
  return json;
}

ordered_json FromDuration() {
  return {{"type", "string"}, {"pattern", std::string(schema::kDurationPattern)}};
}

ordered_json FromList(const Value& value) {
  ordered_json json{{"type", "array"}, {"items", FromValue(*value.items)}};
  if (value.not_empty != nullptr) json["minItems"] = 1;
  if (value.distinct) json["uniqueItems"] = true;
  if (!value.alone.empty()) {
    const ordered_json with{{"contains", {{"const", std::string(value.alone)}}}};
    json["if"] = with;
    json["then"] = {{"maxItems", 1}};
  }
  return json;
}

ordered_json Present(std::string_view key) {
  return {{"required", ordered_json::array({std::string(key)})}};
}

ordered_json Never(std::span<const std::string_view> keys) {
  ordered_json properties;
  for (const auto key : keys) properties[std::string(key)] = false;
  return {{"properties", std::move(properties)}};
}

ordered_json Demand(const Together& demand) {
  ordered_json json;
  switch (demand.kind) {
    case Together::Kind::kAtLeastOne:
      json["anyOf"] = ordered_json::array();
      for (const auto key : demand.keys) json["anyOf"].push_back(Present(key));
      break;
    case Together::Kind::kNotBoth:
      json["not"] = {{"required", Strings(demand.keys)}};
      break;
    case Together::Kind::kNeeds:
      json["required"] = Strings(demand.keys);
      break;
    case Together::Kind::kExcludes:
      json = Never(demand.keys);
      break;
    case Together::Kind::kExcludesValue:
      json["properties"][std::string(demand.keys.front())] = {
          {"not", {{"const", std::string(demand.keys.back())}}}};
      break;
  }
  if (demand.when.empty()) return json;
  ordered_json condition = Present(demand.when);
  condition["properties"][std::string(demand.when)] = {{"const", std::string(demand.is)}};
  return {{"if", std::move(condition)}, {"then", std::move(json)}};
}

ordered_json FromKey(const Key& key) {
  const bool refused = key.status == Status::kRefused;
  ordered_json json;
  json["title"] = std::string(key.key);
  std::string about = std::string(key.about);
  if (!about.empty()) about += ".";
  about += DescribeChoices(key.value);
  if (key.status == Status::kLater) about += "\n" + std::string(kLater);
  if (refused) about += "\n" + std::string(key.refusal->hint) + ".";
  json["description"] = about;
  if (!refused) json.update(FromValue(key.value));
  if (!key.by_default.empty()) json["default"] = ordered_json::parse(key.by_default);
  if (!key.example.empty()) {
    json["examples"] = ordered_json::array({ordered_json::parse(key.example)});
  }
  if (key.status == Status::kLater || refused) json["not"] = ordered_json::object();
  return json;
}

ordered_json FromMapping(const Mapping& mapping) {
  ordered_json json{{"type", "object"}};
  auto required = ordered_json::array();
  auto properties = ordered_json::object();
  for (const auto& key : mapping.keys) {
    if (key.status == Status::kRequired) required.push_back(std::string(key.key));
    properties[std::string(key.key)] = FromKey(key);
  }
  json["properties"] = std::move(properties);
  if (!required.empty()) json["required"] = std::move(required);
  json["additionalProperties"] =
      mapping.others == nullptr ? ordered_json(false) : FromValue(*mapping.others);
  auto demands = ordered_json::array();
  for (const auto& demand : mapping.together) demands.push_back(Demand(demand));
  if (!demands.empty()) json["allOf"] = std::move(demands);
  return json;
}

ordered_json FromType(const Value& value) {
  switch (value.type) {
    case Type::kAny:
      return ordered_json::object();
    case Type::kText:
      return FromText(value);
    case Type::kBool:
      return {{"type", "boolean"}};
    case Type::kInt:
    case Type::kNumber:
      return FromNumber(value);
    case Type::kDuration:
      return FromDuration();
    case Type::kList:
      return FromList(value);
    case Type::kMapping:
      return FromMapping(*value.mapping);
  }
  return ordered_json::object();
}

ordered_json FromValue(const Value& value) {
  auto json = FromType(value);
  if (value.word.empty()) return json;
  return {{"anyOf", {{{"const", std::string(value.word)}}, std::move(json)}}};
}

ordered_json FromKind(const schema::Kind& kind) {
  ordered_json json;
  json["title"] = std::string(kind.name);
  json["description"] =
      std::string(kind.about) + "." + (kind.later ? "\n" + std::string(kLater) : "");
  json.update(FromValue(kind.document));
  if (kind.later) json["not"] = ordered_json::object();
  return json;
}

std::string Print(const ordered_json& json) { return json.dump(2) + "\n"; }

}  // namespace

std::string RenderSchema(const schema::Kind& kind) {
  ordered_json json{{"$schema", kDraft}};
  json.update(FromKind(kind));
  return Print(json);
}

std::string RenderSchema(std::span<const schema::Kind* const> kinds) {
  ordered_json json{{"$schema", kDraft},
                    {"title", "seatkeeper"},
                    {"description", "A policy or config document of seatkeeper."},
                    {"type", "object"},
                    {"required", {"apiVersion", "kind"}}};
  auto names = ordered_json::array();
  auto cases = ordered_json::array();
  auto definitions = ordered_json::object();
  for (const auto* kind : kinds) {
    const std::string name(kind->name);
    names.push_back(name);
    // By the kind, so that an editor shows what is wrong with this one, not with all of them.
    cases.push_back(
        {{"if", {{"properties", {{"kind", {{"const", name}}}}}, {"required", {"kind"}}}},
         {"then", {{"$ref", "#/$defs/" + name}}}});
    definitions[name] = FromKind(*kind);
  }
  json["properties"] = {{"apiVersion", {{"const", std::string(schema::kApiVersion)}}},
                        {"kind", {{"enum", std::move(names)}}}};
  json["allOf"] = std::move(cases);
  json["$defs"] = std::move(definitions);
  return Print(json);
}

}  // namespace seatkeeper
