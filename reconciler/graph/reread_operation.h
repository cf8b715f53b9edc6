#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/graph/graph_http.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Reads some users and groups anew by id, in batches of 20, a few batches at a time. Those that
/// are gone (404) are left out; throttled and failed ones are tried again a few times; anything
/// else is an error. `done` comes once and must not destroy the operation from inside. Destroying
/// it drops everything without calling back.
class RereadOperation {
 public:
  RereadOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                  const GraphHttpSettings& settings, const std::vector<Subject>& subjects,
                  ObservedBuilder& sink, std::function<void(Result<void>)> done);
  ~RereadOperation();
  RereadOperation(const RereadOperation&) = delete;
  RereadOperation& operator=(const RereadOperation&) = delete;

  void Start() { SendNext(); }

 private:
  struct Batch {
    std::vector<Subject> subjects;
    int attempt = 1;
  };
  void SendNext();
  void Take(Batch batch, Result<HttpResponse> result);
  /// False once the operation has ended.
  bool TakeAnswer(const Subject& subject, HttpResponse response, Batch& again,
                  std::optional<std::chrono::milliseconds>& retry_after);
  void TryAgain(Batch batch, std::optional<std::chrono::milliseconds> retry_after);
  void Finish(Result<void> result);

  TokenSource::Dependencies to_;
  ObservedBuilder& sink_;
  std::function<void(Result<void>)> done_;
  std::string select_;
  std::deque<Batch> waiting_;
  std::size_t under_way_ = 0;  // Sent, or waiting for a timer.
  std::map<std::uint64_t, TimerId> retries_;
  std::uint64_t last_retry_ = 0;
  bool finished_ = false;
  GraphHttp http_;
};

}  // namespace seatkeeper
