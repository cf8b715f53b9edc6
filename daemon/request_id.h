#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// A request as a person hands it to the service's support: "ID, DATE", or "ID" where the service
/// said no time (ServiceError::request_id and request_date). Empty without an id. Pure.
std::string RequestText(std::string_view id, std::string_view date);

}  // namespace seatkeeper
