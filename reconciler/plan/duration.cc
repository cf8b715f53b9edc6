#include "reconciler/plan/duration.h"

#include <algorithm>
#include <cmath>

#include "reconciler/plan/plan_words.h"

namespace seatkeeper {
namespace {

std::string Units(std::int64_t count, std::string_view unit) {
  return Counted(static_cast<std::size_t>(count), unit);
}

}  // namespace

std::chrono::seconds ExpectedDuration(std::size_t requests, int waves, double per_second) {
  if (requests == 0) return {};
  const double sending = std::ceil(static_cast<double>(requests) / per_second);
  return std::chrono::seconds(static_cast<std::int64_t>(sending) + waves);
}

std::chrono::seconds ExpectedDuration(const Plan& plan, double per_second) {
  // A usage location is a request of its own.
  const auto locations =
      std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& change) {
        return change.verdict == Verdict::kGo && !change.usage_location.empty();
      });
  return ExpectedDuration(plan.CountWith(Verdict::kGo) + static_cast<std::size_t>(locations),
                          plan.waves(), per_second);
}

std::string Approximately(std::chrono::seconds duration) {
  using namespace std::chrono;
  if (duration < minutes(1)) return "less than a minute";
  // Rounded as people do: 89 minutes are minutes, 90 are two hours.
  if (duration < minutes(90)) return "about " + Units(round<minutes>(duration).count(), "minute");
  if (duration < hours(36)) return "about " + Units(round<hours>(duration).count(), "hour");
  return "about " + Units(round<days>(duration).count(), "day");
}

std::string Exactly(std::chrono::milliseconds duration) {
  using namespace std::chrono;
  if (duration % days(1) == milliseconds(0)) return Units(floor<days>(duration).count(), "day");
  if (duration % hours(1) == milliseconds(0)) return Units(floor<hours>(duration).count(), "hour");
  if (duration % minutes(1) == milliseconds(0)) {
    return Units(floor<minutes>(duration).count(), "minute");
  }
  return Units(ceil<seconds>(duration).count(), "second");
}

std::string Age(std::chrono::milliseconds since) {
  using namespace std::chrono;
  if (since < minutes(1)) return "less than a minute";
  if (since < hours(1)) return Units(floor<minutes>(since).count(), "minute");
  if (since < days(1)) return Units(floor<hours>(since).count(), "hour");
  return Units(floor<days>(since).count(), "day");
}

}  // namespace seatkeeper
