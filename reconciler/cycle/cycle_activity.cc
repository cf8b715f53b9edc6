#include <algorithm>
#include <array>
#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/plan/activity.h"

namespace seatkeeper {
namespace {

// Whoever is told to wait, or to stop, is not helped by a second listing.
bool MayBeForActivity(const Error& error) {
  constexpr std::array kKinds{ErrorKind::kPermission, ErrorKind::kRejected, ErrorKind::kInvalid,
                              ErrorKind::kIncomplete, ErrorKind::kUnreachable};
  return std::ranges::find(kKinds, error.kind) != kKinds.end();
}

}  // namespace

// Only a cycle that has the lease counts seats.
bool Cycle::Running::AsksActivity() const { return job->inactive_after && lease; }

void Cycle::Running::AskActivity() {
  if (AsksActivity() && !no_activity) needs.properties |= ActivityProperties();
}

// A service that tracks no sign-ins tracks the rest all the same. What a rule asks is never left
// out: then there is no cursor.
PropertySet Cycle::Running::Tracked() const {
  return needs.properties.Without(SignInProperties().Without(decisive));
}

void Cycle::Running::ListDecisive(Error error) {
  const bool asked = !(needs.properties == decisive);
  if (!asked || !MayBeForActivity(error) || !stop_reason.empty()) return Fail(std::move(error));
  no_activity = std::move(error);
  needs.properties = decisive;
  ListEverybody();
}

// Once, and then only for who looks closely.
void Cycle::Running::TellActivity() {
  if (!AsksActivity()) return;
  bool& fails = request.kept == nullptr ? own_activity_fails : request.kept->activity_fails;
  const bool known = std::exchange(fails, no_activity.has_value());
  auto& observer = dependencies.observer;
  if (no_activity) {
    observer.OnMessage(known ? Observer::Level::kDebug : Observer::Level::kWarning, request.tenant,
                       "who is inactive is not known: sign-ins were not read",
                       no_activity->message);
  } else if (known) {
    observer.OnMessage(Observer::Level::kInfo, request.tenant, "who is inactive is known again",
                       "");
  }
}

}  // namespace seatkeeper
