#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/secret.h"

namespace seatkeeper {

/// A private RSA key and the certificate that belongs to it.
class SigningIdentity {
 public:
  /// From the bytes of a PEM file (certificate and key in any order, further certificates of a
  /// chain beside them) or of a PKCS#12 file. `password` may be empty. kInvalid, with what would be
  /// right and calling the file `path`, when it holds no such pair. Dates are not looked at.
  static Result<SigningIdentity> Parse(std::string_view bytes, const Secret& password,
                                       const std::string& path);
  ~SigningIdentity();
  SigningIdentity(SigningIdentity&&) noexcept;
  SigningIdentity& operator=(SigningIdentity&&) noexcept;

  /// kInvalid before the certificate's first moment and after its last.
  Result<void> CheckDates(WallTime now) const;
  WallTime not_after() const;
  /// base64url of the certificate's SHA-256, as a token's header names it.
  std::string ThumbprintSha256() const;
  /// Hexadecimal SHA-1, as the portal shows it.
  std::string ThumbprintSha1() const;
  /// RSASSA-PSS with SHA-256 and a salt of 32 bytes (PS256, RFC 7518, 3.5). kInternal on failure.
  Result<std::string> Sign(std::string_view text) const;

 private:
  struct Parts;
  explicit SigningIdentity(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace seatkeeper
