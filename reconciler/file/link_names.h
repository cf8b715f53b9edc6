#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "reconciler/model/observed.h"

namespace seatkeeper {

/// How snapshots name the parts of a link.
inline constexpr std::pair<std::string_view, Link::Kind> kLinkKinds[] = {
    {"directMembers", Link::Kind::kDirectMembers}, {"directReports", Link::Kind::kDirectReports}};
inline constexpr std::pair<std::string_view, GroupReading::Status> kLinkStatuses[] = {
    {"found", GroupReading::Status::kFound},
    {"missing", GroupReading::Status::kMissing},
    {"ambiguous", GroupReading::Status::kAmbiguous},
    {"unreadable", GroupReading::Status::kUnreadable}};

template <typename Names, typename Value>
constexpr std::string_view NameOf(const Names& names, Value value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return {};
}
template <typename Names>
constexpr auto FindNamed(const Names& names, std::string_view name)
    -> std::optional<decltype(names[0].second)> {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace seatkeeper
