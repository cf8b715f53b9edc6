#include "reconciler/plan/reading_limits.h"

#include <algorithm>
#include <cmath>

namespace seatkeeper {
namespace {

constexpr std::size_t kFewMayGo = 4;

std::size_t Share(double percent, std::size_t of) {
  return static_cast<std::size_t>(std::floor(percent * static_cast<double>(of) / 100.0));
}

}  // namespace

std::optional<double> StrictestMaxUserLoss(const std::vector<const Guardrails*>& documents) {
  std::optional<double> strictest;
  bool said = false;
  for (const auto* document : documents) {
    if (!document->max_user_loss) continue;
    said = true;
    const auto& percent = document->max_user_loss->figure;
    if (percent) strictest = std::min(*percent, strictest.value_or(*percent));
  }
  return said ? strictest : std::optional(kDefaultMaxUserLossPercent);
}

std::size_t AllowedUserLoss(double percent, std::size_t users) {
  return std::max<std::size_t>(1, Share(percent, users));
}

std::size_t AllowedShrinking(double percent, std::size_t members) {
  if (members < kFewestToMatter) return members;
  const auto few = std::min(kFewMayGo, members / 2);
  return std::max(few, Share(percent, members));
}

}  // namespace seatkeeper
