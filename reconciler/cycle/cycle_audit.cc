#include <algorithm>
#include <iterator>
#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

// The service lists a change minutes after it happened: so much of the log is read once more.
constexpr std::chrono::hours kListedLate{1};

}  // namespace

void Cycle::Running::ReadAudit() {
  auto* reader = dependencies.provider.audit();
  if (reader == nullptr || request.audit_reach.count() == 0) return Remember();
  const auto now = clock.Now();
  auto since = now - request.audit_reach;
  if (audit().read_at) since = std::max(since, *audit().read_at - kListedLate);
  reader->ReadAudit(since, Guarded([now](Running& self, Result<AuditRead> read) {
                      if (read) {
                        self.TakeAudit(std::move(read).value(), now);
                      } else {
                        self.TellNoAudit(read.error());
                      }
                      self.Remember();
                    }));
}

void Cycle::Running::TakeAudit(AuditRead read, WallTime now) {
  auto& kept = audit();
  std::ranges::move(read.events, std::back_inserter(kept.events));
  SortUnique(kept.events);
  std::erase_if(kept.events, [oldest = now - request.audit_reach](const LicenseEvent& event) {
    return event.at < oldest;
  });
  kept.read_at = now;
  job->license_events = kept.events;
  auto& observer = dependencies.observer;
  if (std::exchange(kept.fails, false)) {
    observer.OnMessage(Observer::Level::kInfo, request.tenant, "the audit log can be read again",
                       "");
  }
  if (read.whole) return;
  observer.OnMessage(Observer::Level::kInfo, request.tenant,
                     "the audit log has more changes than are read",
                     "of the older ones nobody is named");
}

// Once, and then only for who looks closely: what nobody permits would fill the log.
void Cycle::Running::TellNoAudit(const Error& error) {
  job->license_events = audit().events;
  const bool known = std::exchange(audit().fails, true);
  dependencies.observer.OnMessage(known ? Observer::Level::kDebug : Observer::Level::kWarning,
                                  request.tenant, "who changed licences cannot be told",
                                  error.message);
}

}  // namespace seatkeeper
