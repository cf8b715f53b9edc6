#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string UrlEncode(std::string_view text);

/// A text as an OData string literal, quotes included, single quotes doubled; not yet URL-encoded.
std::string ODataLiteral(std::string_view text);

/// Whether two absolute http(s) URLs have the same scheme, host and port (letter case and default
/// ports do not matter). False for anything unusual: user info, odd characters in the authority.
/// Asked before a token is sent to a link that a server wrote.
bool SameOrigin(std::string_view a, std::string_view b);

/// "https://host:port" of such a URL, for a sentence; empty for anything unusual.
std::string ShownOrigin(std::string_view url);

}  // namespace seatkeeper
