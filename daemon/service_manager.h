#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/environment.h"

namespace seatkeeper {

/// Tells systemd how the daemon is, where it asked to be told (NOTIFY_SOCKET); otherwise nothing
/// happens. What cannot be told is let go: the manager's time-outs tell it all the same. Speaks the
/// protocol of sd_notify(3) itself. Single-threaded.
class ServiceManager {
 public:
  explicit ServiceManager(const Environment& environment);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// The listener answers and the store is open.
  void Ready();
  void Stopping();
  /// The event loop is alive.
  void Alive();
  /// How often Alive has to come: half of what the manager waits. Nothing: it does not.
  std::optional<std::chrono::milliseconds> alive_every() const { return alive_every_; }

 private:
  void Tell(const std::string& state) const;

  int socket_ = -1;
  std::string address_;  // A path, or an abstract name after a zero byte.
  std::optional<std::chrono::milliseconds> alive_every_;
};

}  // namespace seatkeeper
