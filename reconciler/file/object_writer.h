#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper {

/// One JSON object on one line, appended to a text; fields come in the order in which they are
/// added. Values of which there are several at a time need a writer each, one inside the other.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  void End() { out_ += '}'; }

  std::string& Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    Quote(key);
    out_ += ':';
    return out_;
  }
  void Text(std::string_view key, std::string_view value) {
    Key(key);
    Quote(value);
  }
  void TextUnlessEmpty(std::string_view key, std::string_view value) {
    if (!value.empty()) Text(key, value);
  }
  void Number(std::string_view key, int value) { Key(key) += std::to_string(value); }
  void Null(std::string_view key) { Key(key) += "null"; }
  void Boolean(std::string_view key, bool value) { Key(key) += value ? "true" : "false"; }
  template <typename Items>
  void Texts(std::string_view key, const Items& texts) {
    Key(key) += '[';
    bool first = true;
    for (const auto& text : texts) {
      if (!first) out_ += ',';
      first = false;
      Quote(text);
    }
    out_ += ']';
  }
  template <typename Items>
  void Ids(std::string_view key, const Items& ids) {
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (const auto& id : ids) texts.push_back(id.ToString());
    Texts(key, texts);
  }

 private:
  void Quote(std::string_view text);

  std::string& out_;
  bool first_ = true;
};

}  // namespace seatkeeper
