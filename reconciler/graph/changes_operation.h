#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "reconciler/graph/delta_round.h"
#include "reconciler/graph/graph_http.h"
#include "reconciler/graph/read_operation.h"
#include "reconciler/graph/reread_operation.h"
#include "reconciler/seams/change_reader.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

/// Reading what changed, under way: who has, then everything that is not users, then those users
/// by id, one after the other, for all of it goes into one sink. `done` comes once and must not
/// destroy the operation from inside. Destroying it drops everything without calling back.
class ChangesOperation {
 public:
  ChangesOperation(TokenSource::Dependencies dependencies, Workers& workers, TokenSource& tokens,
                   const GraphHttpSettings& settings, ChangesRequest request, int page_size,
                   ObservedBuilder& sink, std::function<void(Result<ChangesRead>)> done);

  void Start();

 private:
  void TakeChanged(Result<DeltaRound::Outcome> outcome);
  void ReadTheRest();
  void ReadUsers();

  TokenSource::Dependencies to_;
  Workers& workers_;
  TokenSource& tokens_;
  GraphHttpSettings settings_;
  ChangesRequest request_;
  int page_size_;
  ObservedBuilder& sink_;
  std::function<void(Result<ChangesRead>)> done_;
  ChangesRead changes_;
  DeltaRound round_;
  std::unique_ptr<ReadOperation> rest_;
  std::unique_ptr<RereadOperation> users_;
};

}  // namespace seatkeeper
