#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace seatkeeper::sim {

// A refusal that the caller of Graph gets to see. Thrown by the routes, turned into an error
// envelope in one place (dispatch.cc). The codes and texts are those that Graph is known to answer.
struct GraphError : std::runtime_error {
  GraphError(int status_code, std::string error_code, const std::string& message)
      : std::runtime_error(message), status(status_code), code(std::move(error_code)) {}
  int status;
  std::string code;
};

// Nearly every refusal of the directory has this one code.
inline GraphError BadRequest(const std::string& message) {
  return {400, "Request_BadRequest", message};
}
inline GraphError UnsupportedQuery(const std::string& message) {
  return {400, "Request_UnsupportedQuery", message};
}
// Of a $skiptoken, whatever is wrong with it.
inline GraphError ExpiredPageToken() {
  return {400, "Directory_ExpiredPageToken",
          "The specified page token value has expired and is no longer valid."};
}
inline GraphError Forbidden() {
  return {403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."};
}
// Another write to the same object is under way.
inline GraphError ConcurrentChange() {
  return {409, "Directory_ConcurrencyViolation",
          "Unable to process the request due to a concurrent change. Wait a moment and try again."};
}
inline GraphError NotFound(const std::string& id) {
  return {404, "Request_ResourceNotFound",
          "Resource '" + id +
              "' does not exist or one of its queried reference-property objects are not present."};
}

}  // namespace seatkeeper::sim
