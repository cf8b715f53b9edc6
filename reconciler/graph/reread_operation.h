#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reconciler/graph/batch.h"
#include "reconciler/graph/graph_http.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/model/property_set.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Reads something of some users and groups anew by id, in batches of 20, a few batches at a time.
/// `take` gets the answers that are there and those that say that something is gone (404), in any
/// order; throttled and failed ones are tried again a few times; anything else is an error. `done`
/// comes once and must not destroy the operation from inside. Destroying it drops everything
/// without calling back.
class RereadOperation {
 public:
  using Take = std::function<Result<void>(const BatchRead& read, HttpResponse& answer)>;

  RereadOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                  const GraphHttpSettings& settings, std::span<const BatchRead> reads,
                  const PropertySet& properties, Take take, std::function<void(Result<void>)> done);
  ~RereadOperation();
  RereadOperation(const RereadOperation&) = delete;
  RereadOperation& operator=(const RereadOperation&) = delete;

  void Start() { SendNext(); }

 private:
  struct Batch {
    std::vector<BatchRead> reads;
    int attempt = 1;
  };
  void SendNext();
  void TellQuota(const std::vector<BatchAnswer>& answers, double reckoned);
  void TakeBatch(Batch batch, Result<HttpResponse> result);
  /// False once the operation has ended.
  bool TakeAnswer(const BatchRead& read, HttpResponse& response, Batch& again,
                  std::optional<std::chrono::milliseconds>& retry_after);
  void TryAgain(Batch batch, std::optional<std::chrono::milliseconds> retry_after);
  void Finish(Result<void> result);

  TokenSource::Dependencies to_;
  PropertySet properties_;
  Take take_;
  std::function<void(Result<void>)> done_;
  std::string select_;
  std::deque<Batch> waiting_;
  std::size_t under_way_ = 0;  // Sent, or waiting for a timer.
  std::map<std::uint64_t, TimerId> retries_;
  std::uint64_t last_retry_ = 0;
  bool finished_ = false;
  std::shared_ptr<Quota> quota_;  // Null: none.
  GraphHttp http_;
};

/// Users and groups themselves: into the sink; those that are gone are left out.
RereadOperation::Take TakeInto(ObservedBuilder& sink);
/// In which groups users are. Whoever is gone is left out.
RereadOperation::Take TakeInto(Memberships& memberships);

/// What has to be asked to know in which of these groups each of these users is.
std::vector<BatchRead> MembershipReads(std::span<const UserId> users,
                                       std::span<const GroupId> groups);

}  // namespace seatkeeper
