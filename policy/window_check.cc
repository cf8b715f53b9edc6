#include "policy/window_check.h"

#include "policy/fields.h"
#include "policy/text.h"
#include "policy/time_zone.h"

namespace seatkeeper {
namespace {

void CheckZone(const Positioned<std::string>& name, std::vector<Diagnostic>& diagnostics) {
  if (name.value.empty()) return;  // Reported where the document is read.
  const auto zone = TimeZone::Find(name.value);
  if (zone) return;
  if (zone.error().kind != ErrorKind::kNotFound) {
    diagnostics.push_back(ErrorAt(name, "no-time-zones",
                                  "the time zone " + Quoted(name.value) + " cannot be looked up",
                                  zone.error().message));
    return;
  }
  auto hint = SuggestNearest(name.value, TimeZoneNames());
  if (hint.empty()) hint = "a name of the IANA time zone database, as in Europe/Paris or UTC";
  diagnostics.push_back(ErrorAt(name, "unknown-time-zone",
                                "there is no time zone " + Quoted(name.value), std::move(hint)));
}

}  // namespace

void CheckWindows(const PolicySet& policies, std::vector<Diagnostic>& diagnostics) {
  for (const auto& document : policies.guardrails) {
    for (const auto& window : document.windows) CheckZone(window.timezone, diagnostics);
  }
}

}  // namespace seatkeeper
