#pragma once

#include <memory>
#include <string>

#include "reconciler/graph/managed_identity.h"
#include "reconciler/seams/secret.h"

namespace seatkeeper {

/// How an application signs in, as configured.
struct SignIn {
  enum class Proof { kSecret, kCertificate, kFederatedToken, kManagedIdentity };

  std::string client_id;  ///< Empty: the system-assigned identity of this machine.
  Proof proof = Proof::kSecret;
  std::string file;           ///< What proves it. Empty: `secret` does.
  Secret secret;              ///< From AZURE_CLIENT_SECRET.
  std::string password_file;  ///< Opens the certificate's file. Empty: `password` does, if any.
  Secret password;            ///< From AZURE_CLIENT_CERTIFICATE_PASSWORD.
  IdentityPlace place = {};   ///< With kManagedIdentity.

  friend bool operator==(const SignIn&, const SignIn&) = default;
};

/// Reads the files anew whenever it is used: they are replaced while the process runs.
std::shared_ptr<const Credential> MakeCredential(const SignIn& sign_in);

/// What proves it, for a sentence: "the client secret".
std::string ProofName(const SignIn& sign_in);

/// As whom, for a sentence: the client id, where there is one.
std::string IdentityName(const SignIn& sign_in);

}  // namespace seatkeeper
