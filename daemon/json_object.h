#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace seatkeeper {

/// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD: what a tenant
/// or a file holds must never make the output unreadable.
std::string JsonString(std::string_view text);

/// Writes one JSON object on one line, keys in the order of the calls. Small on purpose: the
/// commands print little JSON, and the large library costs seconds in every file that includes it.
class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& Number(std::string_view key, std::int64_t value);
  JsonObject& Boolean(std::string_view key, bool value);
  /// `json` is JSON already.
  JsonObject& Raw(std::string_view key, std::string_view json);

  /// "{...}" without a line end.
  std::string Finish() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

/// "[...]" of parts that are JSON already.
class JsonArray {
 public:
  void Raw(std::string_view json) {
    if (!body_.empty()) body_ += ',';
    body_ += json;
  }
  std::string Finish() const { return "[" + body_ + "]"; }

 private:
  std::string body_;
};

}  // namespace seatkeeper
