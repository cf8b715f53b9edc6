#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/graph/graph_http.h"

namespace seatkeeper {

/// What `doctor` wants to know of a tenant. Signing in worked, or there is none.
struct GraphProbe {
  std::vector<std::string> roles;  ///< Application permissions in the token; ordered.
  /// As GraphHttp::clock_skew.
  std::optional<std::chrono::milliseconds> clock_skew;
  std::string organization;          ///< Display name; empty when it may not be read.
  std::optional<Error> graph_error;  ///< Why Graph itself did not answer as it should.
  /// How much of the limit of its requests the application has used lately; 1 is all of it. Graph
  /// says so only above 0.8; nothing: it did not.
  std::optional<double> limit_share = {};
  std::string limit_scope = {};  ///< Whose limit, of what, as Graph wrote it; often empty.
};

/// Signs in and asks Graph for the organisation's name. `done` comes once and must not destroy the
/// operation from inside. Destroying it drops everything without calling back.
class ProbeOperation {
 public:
  ProbeOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                 const GraphHttpSettings& settings, std::function<void(Result<GraphProbe>)> done);

  void Start();

 private:
  void Take(Result<HttpOutcome> result);

  TokenSource::Dependencies to_;
  TokenSource& tokens_;
  std::function<void(Result<GraphProbe>)> done_;
  GraphHttp http_;
};

}  // namespace seatkeeper
