#pragma once

#include "reconciler/seams/store.h"

namespace seatkeeper {

/// A Store whose calls can be put together into one commit, with single units of work undone
/// alone. For StoreRunners; a Store's methods are atomic by themselves with or without it.
class TransactionalStore : public Store {
 public:
  /// Opens a transaction for writing. REQUIRES: none is open.
  virtual Result<void> Begin() = 0;
  /// Makes everything since Begin durable. On failure all of it is undone.
  virtual Result<void> Commit() = 0;

  /// One unit of work: either ReleaseSavepoint or RollbackToSavepoint ends it. When either of them
  /// fails the whole transaction is gone (a full disk does that): nothing since Begin is kept, no
  /// transaction is open any more and writes were refused since then.
  virtual Result<void> SetSavepoint() = 0;
  virtual Result<void> ReleaseSavepoint() = 0;
  virtual Result<void> RollbackToSavepoint() = 0;
};

}  // namespace seatkeeper
