#include "reconciler/graph/json_walk.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace seatkeeper {

void JsonWalk::Clear() {
  path_.clear();
  problem_.clear();
  offset_ = -1;
}

bool JsonWalk::Fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

bool JsonWalk::FailMissing(std::string_view field) {
  path_ = "." + std::string(field);
  return Fail("missing");
}

bool JsonWalk::FailWith(simdjson::error_code code, std::string_view wanted) {
  if (code == simdjson::INCORRECT_TYPE || code == simdjson::SCALAR_DOCUMENT_AS_VALUE) {
    return Fail(fmt::format("not {}", wanted));
  }
  return Fail(fmt::format("not valid JSON ({})", simdjson::error_message(code)));
}

std::string JsonWalk::Failure() const {
  std::string text(path_.starts_with('.') ? path_.substr(1) : path_);
  if (!text.empty()) text += ": ";
  text += problem_;
  if (offset_ >= 0) text += fmt::format(" (near byte {})", offset_);
  return text;
}

bool JsonWalk::IsNull(Value value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

bool JsonWalk::Text(Value value, std::string_view& out) {
  const auto code = value.get_string().get(out);
  return code == simdjson::SUCCESS || FailWith(code, "a text");
}

bool JsonWalk::Boolean(Value value, bool& out) {
  const auto code = value.get_bool().get(out);
  return code == simdjson::SUCCESS || Fail("not true or false");
}

bool JsonWalk::Integer(Value value, int& out) {
  std::int64_t wide = 0;
  const auto code = value.get_int64().get(wide);
  if (code != simdjson::SUCCESS) return Fail("not a whole number");
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) {
    return Fail("a number beyond any tenant's size");
  }
  out = static_cast<int>(wide);
  return true;
}

bool JsonWalk::OptionalText(Value value, std::string& out) {
  if (IsNull(value)) return true;
  std::string_view text;
  if (!Text(value, text)) return false;
  out = text;
  return true;
}

bool JsonWalk::OptionalInteger(Value value, int& out) {
  return IsNull(value) || Integer(value, out);
}

}  // namespace seatkeeper
