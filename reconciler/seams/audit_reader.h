#pragma once

#include <functional>
#include <vector>

#include "policy/result.h"
#include "reconciler/model/license_event.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// What was read of an audit log.
struct AuditRead {
  std::vector<LicenseEvent> events;  ///< In no order; the same one may come twice.
  bool whole = true;                 ///< False: there is more, older, than anybody would read.
};

/// A provider whose service keeps a log of who changed licences. It is for people to read: nothing
/// is decided by it, for it comes late and leaves things out.
/// Threads and callbacks as with TenantProvider.
class AuditReader {
 public:
  virtual ~AuditReader() = default;

  /// The changes of users' licences since then. kPermission where the log may not be read.
  virtual void ReadAudit(WallTime since, std::function<void(Result<AuditRead>)> done) = 0;
};

}  // namespace seatkeeper
