#include "tests/simulator/query.h"

#include <algorithm>

#include "tests/simulator/errors.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

std::string Decoded(std::string_view text, UrlPart part) {
  auto decoded = PercentDecode(text, part);
  if (!decoded) throw GraphError(400, "BadRequest", "Bad Request: broken escape in the URL.");
  return *decoded;
}

void AddSegment(std::string segment, std::vector<std::string>& segments) {
  const std::size_t open = segment.find("('");
  if (open == std::string::npos || !segment.ends_with("')")) {
    segments.push_back(std::move(segment));
    return;
  }
  segments.push_back(segment.substr(0, open));
  segments.push_back(segment.substr(open + 2, segment.size() - open - 4));
}

}  // namespace

std::optional<std::string> Target::Option(std::string_view name) const {
  for (const auto& [key, value] : options) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return std::nullopt;
}

Target ParseTarget(std::string_view text) {
  Target target;
  const std::size_t mark = text.find('?');
  target.raw_path = text.substr(0, mark);
  for (const std::string& piece : Split(target.raw_path, '/')) {
    if (!piece.empty()) AddSegment(Decoded(piece, UrlPart::kPath), target.segments);
  }
  if (mark == std::string_view::npos) return target;
  for (const std::string& piece : Split(text.substr(mark + 1), '&')) {
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string raw_value = piece.substr(std::min(equals + 1, piece.size()));
    const std::string name = Decoded(piece.substr(0, equals), UrlPart::kQuery);
    if (target.Option(name)) {
      throw BadRequest("Query option '" + name + "' was specified more than once.");
    }
    target.raw_options.emplace_back(piece.substr(0, equals), raw_value);
    target.options.emplace_back(name, Decoded(raw_value, UrlPart::kQuery));
  }
  return target;
}

void AllowOnly(const Target& target, const std::vector<std::string_view>& names) {
  for (const auto& [name, value] : target.options) {
    const std::string& given = name;
    if (std::none_of(names.begin(), names.end(), [&](std::string_view allowed) {
          return EqualsIgnoringCase(allowed, given);
        })) {
      throw UnsupportedQuery("The query parameter '" + name + "' is not supported here.");
    }
  }
}

std::vector<std::string> SelectOf(const Target& target) {
  const auto value = target.Option("$select");
  if (!value) return {};
  std::vector<std::string> names;
  for (std::string name : Split(*value, ',')) {
    std::erase(name, ' ');
    if (name.empty()) throw BadRequest("Parsing OData Select and Expand failed: empty name.");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace seatkeeper::sim
