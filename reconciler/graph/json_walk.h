#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"

namespace seatkeeper {

/// Walks a JSON text once, front to back, without building a tree (simdjson on-demand), and
/// remembers where the first wrong value stands. Every step says true, or false once something is
/// wrong; then Failure() names the path and the problem. Views of texts stay valid until Open is
/// called again. Only decoders include this; it must not appear in other headers.
/// Not thread-safe; reuse keeps its buffers.
class JsonWalk {
 public:
  using Value = simdjson::ondemand::value;

  /// Begins with the root of `text`, an object or a list; `visit(Value)` walks it. `text` is given
  /// padding, which is why it is not const.
  template <typename Visit>
  bool Open(std::string& text, Visit&& visit);

  /// `visit(std::string_view key, Value)` for each field of an object. Fields that it leaves alone
  /// are skipped.
  template <typename Visit>
  bool Fields(Value value, Visit&& visit);
  template <typename Visit>
  bool Fields(simdjson::ondemand::object object, Visit&& visit);
  /// `visit(Value)` for each item of a list.
  template <typename Visit>
  bool Items(Value value, Visit&& visit);

  bool IsNull(Value value);
  bool Text(Value value, std::string_view& out);
  bool Boolean(Value value, bool& out);
  bool Integer(Value value, int& out);
  /// Null leaves `out` alone.
  bool OptionalText(Value value, std::string& out);
  bool OptionalInteger(Value value, int& out);
  /// A GUID.
  template <typename Tag>
  bool ReadId(Value value, Id<Tag>& out);
  /// A list of GUIDs, appended to `out`; null is an empty list.
  template <typename Tag>
  bool ReadIds(Value value, std::vector<Id<Tag>>& out);

  /// Says what is wrong with the value at hand. Always false.
  bool Fail(std::string problem);
  bool FailMissing(std::string_view field);
  /// What went wrong, for a person: "value[12].accountEnabled: not a boolean".
  std::string Failure() const;
  void Clear();

 private:
  bool FailWith(simdjson::error_code code, std::string_view wanted);
  void Under(std::string_view key) { path_.insert(0, "." + std::string(key)); }

  simdjson::ondemand::parser parser_;
  std::string path_;
  std::string problem_;
  const char* begin_ = nullptr;
  std::ptrdiff_t offset_ = -1;
};

template <typename Visit>
bool JsonWalk::Open(std::string& text, Visit&& visit) {
  Clear();
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  begin_ = text.data();
  simdjson::ondemand::document document;
  auto code = parser_.iterate(text.data(), text.size(), text.capacity()).get(document);
  if (code != simdjson::SUCCESS) return FailWith(code, "JSON");
  Value root;
  code = document.get_value().get(root);
  if (code != simdjson::SUCCESS) return FailWith(code, "an object or a list");
  if (visit(root)) return true;
  const char* location = nullptr;
  if (document.current_location().get(location) == simdjson::SUCCESS) offset_ = location - begin_;
  return false;
}

template <typename Visit>
bool JsonWalk::Fields(Value value, Visit&& visit) {
  simdjson::ondemand::object object;
  if (const auto code = value.get_object().get(object)) return FailWith(code, "an object");
  return Fields(object, std::forward<Visit>(visit));
}

template <typename Visit>
bool JsonWalk::Fields(simdjson::ondemand::object object, Visit&& visit) {
  for (auto entry : object) {
    simdjson::ondemand::field field;
    if (const auto code = std::move(entry).get(field)) return FailWith(code, "a field");
    std::string_view key;
    if (const auto code = field.unescaped_key().get(key)) return FailWith(code, "a key");
    if (!visit(key, field.value())) {
      Under(key);
      return false;
    }
  }
  return true;
}

template <typename Visit>
bool JsonWalk::Items(Value value, Visit&& visit) {
  simdjson::ondemand::array array;
  if (const auto code = value.get_array().get(array)) return FailWith(code, "a list");
  std::size_t index = 0;
  for (auto entry : array) {
    Value item;
    // NOLINTNEXTLINE(performance-move-const-arg): get() is there for rvalues only.
    if (const auto code = std::move(entry).get(item)) return FailWith(code, "an item");
    if (!visit(item)) {
      path_.insert(0, "[" + std::to_string(index) + "]");
      return false;
    }
    ++index;
  }
  return true;
}

template <typename Tag>
bool JsonWalk::ReadId(Value value, Id<Tag>& out) {
  std::string_view text;
  if (!Text(value, text)) return false;
  const auto id = Id<Tag>::Parse(text);
  if (!id) return Fail("not a GUID");
  out = *id;
  return true;
}

template <typename Tag>
bool JsonWalk::ReadIds(Value value, std::vector<Id<Tag>>& out) {
  if (IsNull(value)) return true;
  return Items(value, [&](Value item) {
    Id<Tag> id;
    if (!ReadId(item, id)) return false;
    out.push_back(id);
    return true;
  });
}

}  // namespace seatkeeper
