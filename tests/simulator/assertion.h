#pragma once

#include <optional>
#include <set>
#include <string>

#include "tests/simulator/applications.h"
#include "tests/simulator/message.h"

namespace seatkeeper::sim {

// Why no token is given, as Entra says it.
struct TokenFailure {
  int status;
  const char* error;
  int number;
  std::string message;
};

// Where an assertion is shown, and what has been shown before.
struct AssertionDesk {
  std::string endpoint;  // of the tenant, as the caller addressed it
  WallTimeMs now;
  std::set<std::string>& shown;  // assertions that were accepted, and their ids
};

// Judges a client assertion: of the application itself (its certificate) or, where `iss` is
// somebody else, of an issuer that it trusts. nullopt: it holds.
// Source: Microsoft identity platform documentation, "Application authentication certificate
// credentials" and "Workload identity federation"; the numbers are those that the service is seen
// to answer. It documents none for an id that is used twice. Microsoft's own library (MSAL) shows
// one assertion again until it expires, so that passes; another assertion with the id of a former
// one is 700027 here, so that a client whose ids are not its assertions' own is found.
std::optional<TokenFailure> JudgeAssertion(const Application& application,
                                           const std::string& assertion, AssertionDesk desk);

}  // namespace seatkeeper::sim
