#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/json_text.h"

namespace seatkeeper {

/// One JSON object on one line, appended to a text; fields come in the order in which they are
/// added. Values of which there are several at a time need a writer each, one inside the other.
/// Bytes that are not UTF-8 are replaced.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  void End() { out_ += '}'; }

  std::string& Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    AppendJsonString(out_, key);
    out_ += ':';
    return out_;
  }
  void Text(std::string_view key, std::string_view value) {
    Key(key);
    AppendJsonString(out_, value);
  }
  void TextUnlessEmpty(std::string_view key, std::string_view value) {
    if (!value.empty()) Text(key, value);
  }
  void Number(std::string_view key, std::int64_t value) { Key(key) += std::to_string(value); }
  void Null(std::string_view key) { Key(key) += "null"; }
  void Boolean(std::string_view key, bool value) { Key(key) += value ? "true" : "false"; }
  template <typename Items>
  void Texts(std::string_view key, const Items& texts) {
    Key(key) += '[';
    bool first = true;
    for (const auto& text : texts) {
      if (!first) out_ += ',';
      first = false;
      AppendJsonString(out_, text);
    }
    out_ += ']';
  }
  /// A list of objects: `write` fills the writer of each item.
  template <typename Items, typename Write>
  void Objects(std::string_view key, const Items& items, Write&& write) {
    Key(key) += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      ObjectWriter object(out_);
      write(object, item);
      object.End();
    }
    out_ += ']';
  }
  /// One object inside: `write` fills its writer.
  template <typename Write>
  void Object(std::string_view key, Write&& write) {
    ObjectWriter object(Key(key));
    write(object);
    object.End();
  }
  template <typename Items>
  void Ids(std::string_view key, const Items& ids) {
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (const auto& id : ids) texts.push_back(id.ToString());
    Texts(key, texts);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace seatkeeper
