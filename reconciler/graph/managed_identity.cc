#include "reconciler/graph/managed_identity.h"

#include <fmt/format.h>

#include <string_view>

#include "reconciler/graph/url.h"

namespace seatkeeper {
namespace {

// These places know resources, not scopes.
std::string ResourceOf(std::string_view scope) {
  constexpr std::string_view kDefault = "/.default";
  if (scope.ends_with(kDefault)) scope.remove_suffix(kDefault.size());
  return UrlEncode(scope);
}

}  // namespace

Result<void> ManagedIdentityCredential::Check(WallTime /*now*/) const { return {}; }

Result<HttpRequest> ManagedIdentityCredential::Request(const TokenTarget& target, WallTime /*now*/,
                                                       Random& /*random*/) const {
  HttpRequest request;
  request.direct = true;
  request.headers = {{"Accept", "application/json"}};
  const auto resource = ResourceOf(target.scope);
  if (place_.app_service.empty()) {
    request.url =
        fmt::format("{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={}",
                    place_.metadata_base, resource);
    request.headers.emplace_back("Metadata", "true");
  } else {
    request.url =
        fmt::format("{}?api-version=2019-08-01&resource={}", place_.app_service, resource);
    request.headers.emplace_back("X-IDENTITY-HEADER", place_.app_service_header.Reveal());
  }
  if (!target.client_id.empty()) request.url += "&client_id=" + UrlEncode(target.client_id);
  return request;
}

std::string ManagedIdentityCredential::Where(const TokenTarget& /*target*/) const {
  return place_.app_service.empty() ? place_.metadata_base : place_.app_service;
}

std::string ManagedIdentityCredential::Shown(int /*code*/) const {
  return "Assign the identity to this machine; a user-assigned one is named by its client id.";
}

// The place goes away for up to 70 s while it is updated, and delays are half of this on average.
TokenRetries ManagedIdentityCredential::retries() const {
  return {.attempts = 8,
          .base = std::chrono::milliseconds(4'000),
          .ceiling = std::chrono::milliseconds(30'000)};
}

bool ManagedIdentityCredential::IsTransient(int status) const {
  return status == 404 || status == 410 || Credential::IsTransient(status);
}

}  // namespace seatkeeper
