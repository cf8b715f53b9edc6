#pragma once

#include <optional>
#include <string>
#include <utility>

#include "reconciler/graph/credential.h"
#include "reconciler/graph/signing_identity.h"

namespace seatkeeper {

/// A certificate: every token request carries an assertion of ten minutes that its key signed.
/// Source: Microsoft identity platform documentation, "Application authentication certificate
/// credentials".
class CertificateCredential final : public Credential {
 public:
  /// `read` gives the file with certificate and key, PEM or PKCS#12, and `password` what opens it
  /// (an empty text where nothing has to). `path` is for messages.
  CertificateCredential(ReadText read, ReadText password, std::string path)
      : read_(std::move(read)), password_(std::move(password)), path_(std::move(path)) {}

  Result<void> Check(WallTime now) const override;
  Result<HttpRequest> Request(const TokenTarget& target, WallTime now,
                              Random& random) const override;
  std::string Shown(int code) const override;
  std::optional<WallTime> NotAfter() const override;

 private:
  // The pair as it is in the file now, whatever its dates.
  Result<SigningIdentity> Load() const;

  ReadText read_;
  ReadText password_;
  std::string path_;
};

}  // namespace seatkeeper
