#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper {

/// What an access token says about itself. Read for diagnostics and to notice a token of another
/// tenant; the signature is not checked, and nothing is authorised by it.
struct TokenClaims {
  std::string tenant_id;           ///< `tid`; empty when absent.
  std::vector<std::string> roles;  ///< Application permissions.
};

/// Nothing when the token is not a JWT.
std::optional<TokenClaims> DecodeToken(std::string_view token);

}  // namespace seatkeeper
