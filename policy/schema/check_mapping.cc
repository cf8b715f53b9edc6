#include "policy/schema/check_mapping.h"

#include <algorithm>

#include "policy/fields.h"
#include "policy/text.h"

namespace seatkeeper::schema {
namespace {

using yaml::Node;

const Key* FindKey(const Mapping& mapping, std::string_view name) {
  const auto found = std::find_if(mapping.keys.begin(), mapping.keys.end(),
                                  [&](const Key& key) { return key.key == name; });
  return found == mapping.keys.end() ? nullptr : &*found;
}

Diagnostic UnknownKey(const Node::Entry& entry, const Mapping& mapping, const Place& place) {
  std::vector<std::string_view> known;
  std::string list;
  for (const auto& key : mapping.keys) {
    if (key.status == Status::kRefused) continue;
    known.push_back(key.key);
    list += (list.empty() ? "" : ", ") + std::string(key.key);
  }
  const auto where = place.Text();
  std::string hint = SuggestNearest(entry.key, known);
  if (hint.empty()) hint = "known keys: " + list;
  return {.code = "unknown-key",
          .message = "unknown key " + Quoted(entry.key) +
                     (where.empty() ? std::string() : " in " + Quoted(where)),
          .hint = std::move(hint),
          .at = entry.at,
          .length = entry.length};
}

Diagnostic Finding(const Node& node, const Refusal& refusal, std::string message) {
  return ErrorAt(node, std::string(refusal.code), std::move(message), std::string(refusal.hint));
}

bool Applies(const Together& demand, const Node& node) {
  if (demand.when.empty()) return true;
  const Node* value = node.Find(demand.when);
  return value != nullptr && value->kind == Node::Kind::kScalar && value->scalar == demand.is;
}

class MappingChecker {
 public:
  MappingChecker(const Node& node, const Mapping& mapping, const Place& place,
                 std::vector<Diagnostic>& diagnostics)
      : node_(node), mapping_(mapping), place_(place), diagnostics_(diagnostics) {}

  void Run() {
    for (const auto& entry : node_.entries) CheckEntry(entry);
    for (const auto& key : mapping_.keys) {
      if (key.status == Status::kRequired && node_.Find(key.key) == nullptr) ReportMissing(key.key);
    }
    for (const auto& demand : mapping_.together) {
      if (Applies(demand, node_)) CheckTogether(demand);
    }
  }

 private:
  std::string What() const {
    const auto text = place_.Text();
    return text.empty() ? "the document" : Quoted(text);
  }

  void CheckEntry(const Node::Entry& entry) {
    const Place inside{.above = &place_, .key = entry.key};
    const Key* key = FindKey(mapping_, entry.key);
    if (key == nullptr && mapping_.others == nullptr) {
      diagnostics_.push_back(UnknownKey(entry, mapping_, place_));
    } else if (key == nullptr) {
      Check(entry.value, *mapping_.others, diagnostics_, inside);
    } else if (key->status == Status::kRefused) {
      diagnostics_.push_back(
          Finding(entry.value, *key->refusal, std::string(key->refusal->message)));
    } else {
      if (key->status == Status::kLater) {
        diagnostics_.push_back(NotYetInForce(entry.at, entry.length, entry.key));
      }
      Check(entry.value, key->value, diagnostics_, inside);
    }
  }

  void ReportMissing(std::string_view key) {
    diagnostics_.push_back(ErrorAt(node_, "missing-key", What() + " lacks " + Quoted(key),
                                   "add the key " + Quoted(key)));
  }

  void CheckTogether(const Together& demand) {
    const auto present = [&](std::string_view key) { return node_.Find(key) != nullptr; };
    const auto& keys = demand.keys;
    const std::string message(demand.refusal.message);
    switch (demand.kind) {
      case Together::Kind::kAtLeastOne:
        if (std::none_of(keys.begin(), keys.end(), present)) {
          diagnostics_.push_back(Finding(node_, demand.refusal, What() + " " + message));
        }
        break;
      case Together::Kind::kNotBoth:
        if (std::all_of(keys.begin(), keys.end(), present)) {
          diagnostics_.push_back(Finding(*node_.Find(keys.back()), demand.refusal, message));
        }
        break;
      case Together::Kind::kNeeds:
        if (!std::all_of(keys.begin(), keys.end(), present)) {
          diagnostics_.push_back(Finding(node_, demand.refusal, message));
        }
        break;
      case Together::Kind::kExcludes:
        for (const auto key : keys) {
          if (present(key)) ReportExcluded(demand, key, std::string(key));
        }
        break;
      case Together::Kind::kExcludesValue: {
        const Node* value = node_.Find(keys.front());
        if (value != nullptr && value->scalar == keys.back()) {
          ReportExcluded(demand, keys.front(), std::string(keys.front()) + ": " + value->scalar);
        }
        break;
      }
    }
  }

  void ReportExcluded(const Together& demand, std::string_view key, const std::string& what) {
    diagnostics_.push_back(
        Finding(*node_.Find(key), demand.refusal,
                Quoted(what) + " does not go with " +
                    Quoted(std::string(demand.when) + ": " + std::string(demand.is))));
  }

  const Node& node_;
  const Mapping& mapping_;
  const Place& place_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

std::string OneOf(std::span<const Choice> choices) {
  std::string list;
  for (const auto& choice : choices) {
    if (choice.later || choice.refusal != nullptr) continue;
    list += (list.empty() ? "" : ", ") + std::string(choice.word);
  }
  return choices.size() == 1 ? list : "one of " + list;
}

void CheckMapping(const Node& node, const Mapping& mapping, const Place& place,
                  std::vector<Diagnostic>& diagnostics) {
  MappingChecker(node, mapping, place, diagnostics).Run();
}

}  // namespace seatkeeper::schema
