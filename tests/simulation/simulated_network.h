#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/seams/http_transport.h"
#include "tests/simulator/core.h"
#include "tests/support/fake_clock.h"

namespace seatkeeper::test {

/// One item of a $batch request on its way to the tenant: assignLicense, or
/// reprocessLicenseAssignment, which has an empty body.
struct WireWrite {
  std::string subject;              ///< Object id of a user or group, lower case.
  std::string body;                 ///< The JSON body as sent.
  std::string usage_location = {};  ///< Set by the item that it depends on; empty: none.
  bool reprocess = false;
};
std::vector<WireWrite> WritesIn(const HttpRequest& request);

/// The network between the real client and the simulator's core, in virtual time: every request
/// takes a while to arrive and its answer a while to come back, both drawn from the seed. When the
/// client dies its requests still arrive: what was sent cannot be called back.
class SimulatedNetwork final : public HttpTransport {
 public:
  SimulatedNetwork(sim::Simulator& tenant, FakeClock& clock, FakeTimers& timers, Random& random)
      : tenant_(tenant), clock_(clock), timers_(timers), random_(random) {}

  HttpRequestId Send(HttpRequest request, std::function<void(HttpOutcome)> done) override;
  void Cancel(HttpRequestId request) override;

  /// Share of requests, of 1000, that never leave and that take very long.
  void SetTrouble(unsigned never_sent, unsigned slow) {
    never_sent_ = never_sent;
    slow_ = slow;
  }
  /// Called when a request with writes arrives, before the tenant acts on it.
  void OnArrival(std::function<void(const WireWrite&)> callback) { arrival_ = std::move(callback); }
  /// Users with more than one write on the wire at once: there must never be any.
  const std::vector<std::string>& overlapping() const { return overlapping_; }

 private:
  struct Exchange {
    HttpRequest request;
    std::function<void(HttpOutcome)> done;  // Empty once the client has dropped it.
    std::chrono::milliseconds deadline{0};
  };

  std::chrono::milliseconds Latency();
  bool Chance(unsigned per_mille) { return random_.Next() % 1000 < per_mille; }
  void Arrive(HttpRequestId id);
  void Deliver(HttpRequestId id, HttpOutcome outcome, std::chrono::milliseconds after);
  void Leave(const HttpRequest& request);

  sim::Simulator& tenant_;
  FakeClock& clock_;
  FakeTimers& timers_;
  Random& random_;
  unsigned never_sent_ = 0;
  unsigned slow_ = 0;
  HttpRequestId last_id_ = 0;
  std::map<HttpRequestId, Exchange> exchanges_;
  std::multiset<std::string> on_the_wire_;
  std::vector<std::string> overlapping_;
  std::function<void(const WireWrite&)> arrival_;
};

}  // namespace seatkeeper::test
