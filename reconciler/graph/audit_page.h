#pragma once

#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/model/license_event.h"

namespace seatkeeper {

/// Where the listing begins of who changed users' licences since then.
/// Source: Graph's reference of directoryAudit: list.
std::string AuditListing(WallTime since);

/// One page of that listing.
struct AuditPage {
  /// Entries of one correlation are about one change: it may have two, of which only one says which
  /// products it was about.
  struct Entry {
    std::string correlation;
    LicenseEvent event;
  };
  std::vector<Entry> entries;
  std::string next_link;  ///< Empty: it was the last one.
};

/// Reads a page. Entries that failed, that are about nobody's licences or that say neither when nor
/// of whom are left out; what an entry does not say of products leaves the event without them: the
/// service cuts long entries short, and writes the products of some into the entry "Update user"
/// beside them. kIncomplete where the text is no page at all.
Result<AuditPage> DecodeAuditPage(const std::string& body);

}  // namespace seatkeeper
