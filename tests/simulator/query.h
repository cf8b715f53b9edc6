#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatkeeper::sim {

// The request target, taken apart. Keys such as users('ann@x') become two segments.
struct Target {
  std::string raw_path;                                          // as sent, without the query
  std::vector<std::string> segments;                             // decoded
  std::vector<std::pair<std::string, std::string>> raw_options;  // as sent, in order
  std::vector<std::pair<std::string, std::string>> options;      // decoded, in order

  // The value of a query option ("$select"); nullopt when it was not given.
  std::optional<std::string> Option(std::string_view name) const;
};

// Throws GraphError for a broken escape or an option that is given twice.
Target ParseTarget(std::string_view target);

// Refuses every query option that is not listed.
void AllowOnly(const Target& target, const std::vector<std::string_view>& names);

// The names in $select; empty when the option was not given.
std::vector<std::string> SelectOf(const Target& target);

}  // namespace seatkeeper::sim
