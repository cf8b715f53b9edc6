#include "daemon/credential_expiry.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "daemon/sign_in.h"
#include "reconciler/graph/credential.h"

namespace seatkeeper {
namespace {

std::optional<WallTime> ExpiryOf(const SignIn& sign_in) {
  return MakeCredential(sign_in)->NotAfter();
}

}  // namespace

std::map<std::string, WallTime> CredentialExpiries(const TenantConfig& tenant) {
  std::map<std::string, WallTime> expiries;
  if (tenant.provider != TenantConfig::Provider::kGraph) return expiries;
  if (const auto at = ExpiryOf(tenant.sign_in)) expiries["auth"] = *at;
  if (!tenant.read_sign_in) return expiries;
  if (const auto at = ExpiryOf(*tenant.read_sign_in)) expiries["readAuth"] = *at;
  return expiries;
}

ExpiryNotice DescribeExpiry(const SignIn& sign_in, WallTime now) {
  if (sign_in.proof == SignIn::Proof::kSecret) {
    return {.what = "when the client secret ends is not in its text, but on the application's page",
            .mend = {}};
  }
  const auto at = ExpiryOf(sign_in);
  if (!at) return {.what = {}, .mend = {}};
  if (*at - now >= kExpiryNotice) {
    return {.what = fmt::format("the certificate is valid until {}", FormatTime(*at)), .mend = {}};
  }
  return {.near = true,
          .what = fmt::format("the certificate expires at {}, within {} days", FormatTime(*at),
                              std::chrono::ceil<std::chrono::days>(*at - now).count()),
          .mend =
              "upload the public part of a new one to the application, then replace the file; "
              "nothing is restarted"};
}

}  // namespace seatkeeper
