#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// A request as the service's support asks for it.
struct RequestId {
  std::string id;
  std::string date;  ///< The service's time of the error (UTC), as it wrote it; often empty.
};

/// Takes ServiceError::request_id apart, which may hold both: "ID, DATE". Pure.
RequestId SplitRequestId(std::string_view text);

}  // namespace seatkeeper
