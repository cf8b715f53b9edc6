#pragma once

#include <string>
#include <utility>

#include "reconciler/graph/credential.h"

namespace seatkeeper {

/// Where a machine's identity is asked for its tokens.
struct IdentityPlace {
  /// Base of the instance metadata service, without a path and trailing slash.
  std::string metadata_base = "http://169.254.169.254";
  /// Of Azure App Service, Functions and Container Apps, the whole address; empty: not there.
  std::string app_service;
  Secret app_service_header;

  friend bool operator==(const IdentityPlace&, const IdentityPlace&) = default;
};

/// The identity of the machine that this runs on. Its place answers whoever can reach it, so there
/// is nothing to show, and nothing goes through a proxy, which would be answered for its own
/// machine.
/// Source: Microsoft Entra documentation, "How to use managed identities for Azure resources on an
/// Azure VM to acquire an access token", with its rules for trying again; App Service
/// documentation, "Use managed identities", REST endpoint reference.
class ManagedIdentityCredential final : public Credential {
 public:
  explicit ManagedIdentityCredential(IdentityPlace place) : place_(std::move(place)) {}

  Result<void> Check(WallTime now) const override;
  Result<HttpRequest> Request(const TokenTarget& target, WallTime now,
                              Random& random) const override;
  std::string Where(const TokenTarget& target) const override;
  std::string Shown(int code) const override;
  TokenRetries retries() const override;
  bool IsTransient(int status) const override;

 private:
  IdentityPlace place_;
};

}  // namespace seatkeeper
