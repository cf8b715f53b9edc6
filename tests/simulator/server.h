#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/simulator/core.h"

namespace seatkeeper::sim {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  // PEM files; HTTPS when they are given, both or none.
  std::string certificate_file;
  std::string key_file;
};

// The address cannot be used or the certificate cannot be read.
struct ServerError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A Simulator behind a socket. Takes the time from `clock` when a request has been read, hands
// requests to the simulator one at a time, and acts on dispositions: drops, stalls, cuts, delays.
// Start and Stop belong to one thread.
class Server {
 public:
  using Clock = std::function<WallTimeMs()>;

  // `simulator` outlives the server; nobody else touches it while the server runs. Throws
  // ServerError.
  Server(Simulator& simulator, const ServerOptions& options, Clock clock);
  ~Server();

  // Answers from now on, on threads of its own.
  void Start();
  // Ends every connection, stalled ones included, and waits for the threads. Can be repeated.
  void Stop();

  int port() const;
  // "http://127.0.0.1:8080", without a slash at the end.
  std::string Url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace seatkeeper::sim
