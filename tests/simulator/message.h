#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatkeeper::sim {

// Wall time in UTC, in milliseconds. The core never looks at a clock: every time is handed in.
using WallTimeMs = std::chrono::sys_time<std::chrono::milliseconds>;

// In the order in which they stood on the wire; names compare without regard to letter case.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of this name; nullopt when there is none.
std::optional<std::string> FindHeader(const Headers& headers, std::string_view name);

// One HTTP request as the core sees it, without a socket.
struct Request {
  std::string method;  // upper case
  std::string target;  // path and query as sent, still percent-encoded
  Headers headers;
  std::string body;
  std::string scheme = "http";  // "http" or "https": absolute links are built from it and Host
};

// What becomes of the connection. Whatever carries the answer has to act on it; a test that calls
// the core directly looks at it instead.
enum class Disposition {
  kNormal,            // the answer is sent whole
  kReset,             // the connection is dropped without an answer; the request had no effect
  kResetAfterEffect,  // likewise, but what was asked for has been done
  kStall,             // nothing is ever answered; the request had no effect
  kTruncated,         // only `body` arrives although `declared_length` bytes were announced
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  Disposition disposition = Disposition::kNormal;
  std::chrono::milliseconds delay{0};  // wait this long before the answer is sent
  std::size_t declared_length = 0;     // meaningful for kTruncated only
};

}  // namespace seatkeeper::sim
