#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What is to be read since a moment that the service knows by a cursor.
struct ChangesRequest {
  ReadRequest request;  ///< What the reading of everybody covered.
  /// Of `ChangeReader`, opaque; for the properties of the sink, but for those that nobody has to
  /// hear about.
  std::string cursor;
  /// Users to read again whatever the service says of them. Ordered, each once.
  std::vector<UserId> also = {};
  /// Where the service names nobody, nothing is read at all.
  bool unless_nobody = false;
  /// More users than that are not read one by one: an error.
  std::size_t most_users = 0;
};

/// Who may differ since then.
struct ChangesRead {
  std::vector<UserId> changed;  ///< Ordered, each once. Who of them is not in the sink is gone.
  std::string cursor;           ///< To go on with.
};

/// A provider whose service says who has changed. That is a hint, never a fact to decide by: it may
/// come late, and not everything is tracked (of licences only what a user holds, not where it
/// comes from). Whoever it names is read again by id. On any error what the sink holds is
/// meaningless, the cursor is good for nothing, and a reading of everybody is due.
/// Threads and callbacks as with TenantProvider.
class ChangeReader {
 public:
  virtual ~ChangeReader() = default;

  /// The cursor of this moment, for these properties. kRejected where the service would not say who
  /// changes in them.
  virtual void MarkNow(const PropertySet& properties,
                       std::function<void(Result<std::string>)> done) = 0;

  /// Reads everything of the request that is not users, who has changed, and those users again.
  /// `sink` must live until `done` comes or the provider is destroyed.
  virtual void ReadChanges(ChangesRequest request, ObservedBuilder& sink,
                           std::function<void(Result<ChangesRead>)> done) = 0;
};

}  // namespace seatkeeper
