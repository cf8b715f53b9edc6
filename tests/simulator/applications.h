#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper::sim {

struct SimulatorOptions;

// Somebody else's tokens that an application is signed in with. Compared exactly, as the service
// does.
struct FederatedTrust {
  std::string issuer;
  std::string subject;
  std::string audience;
  std::string key;  // the issuer's public key, PEM: what its published keys would hold
};

// An application that is registered in the tenant, and what it may sign in with.
struct Application {
  std::string client_id;
  std::string secret;                     // empty: none
  std::vector<std::string> certificates;  // PEM
  std::vector<FederatedTrust> federated;
  std::vector<std::string> roles;   // the `roles` claim; empty: the claim is missing
  std::string managed;              // "system-assigned" or "user-assigned" identity of the machine
  std::string name = "seatkeeper";  // displayName
};

// A JSON list: {"clientId", "roles", and any of "secret", "certificates": [PEM], "federated":
// [{"issuer", "subject", "audience", "key"}], "managed", "displayName"}. Throws what the JSON
// library throws, and std::invalid_argument for unknown keys.
std::vector<Application> ParseApplications(const std::string& text);

// Among those added and the one of the command line, in this order; nullopt: not registered.
std::optional<Application> FindApplication(const SimulatorOptions& options,
                                           std::string_view client_id);

}  // namespace seatkeeper::sim
