#include "reconciler/plan/suspension.h"

#include <fmt/format.h>

namespace seatkeeper {

std::string Describe(const Suspension& suspension) {
  const auto& first = suspension.front();
  auto text =
      fmt::format("suspended by {} since {}: {}", first.who, FormatTime(first.at), first.reason);
  if (suspension.size() == 1) return text;
  const auto& newest = suspension.back();
  text += fmt::format("; again by {} at {}: {}", newest.who, FormatTime(newest.at), newest.reason);
  // Whatever repeats the command every minute must not fill every page with it.
  if (const auto others = suspension.size() - 2; others > 0) {
    text += fmt::format(" (and {} between)", others);
  }
  return text;
}

}  // namespace seatkeeper
