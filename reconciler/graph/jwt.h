#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/model/time.h"

namespace seatkeeper {

/// What a token says about itself. Read for diagnostics and to notice a token of another tenant;
/// the signature is not checked, and nothing is authorised by it. Texts are empty when absent.
struct TokenClaims {
  std::string tenant_id;           ///< `tid`.
  std::vector<std::string> roles;  ///< Application permissions.
  std::string issuer;
  std::string subject;
  std::string audience;  ///< The first of several.
  std::optional<WallTime> expires = {};
};

/// base64url without padding (RFC 4648, 5).
std::string EncodeBase64Url(std::string_view bytes);

/// Nothing when the token is not a JWT.
std::optional<TokenClaims> DecodeToken(std::string_view token);

}  // namespace seatkeeper
