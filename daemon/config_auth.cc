#include "daemon/config_auth.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "policy/guid.h"

namespace seatkeeper {
namespace {

using Proof = SignIn::Proof;

struct ProofKey {
  std::string_view key;
  const char* variable;
  Proof proof;
};
constexpr ProofKey kProofs[] = {
    {"clientSecretFile", "AZURE_CLIENT_SECRET", Proof::kSecret},
    {"clientCertificatePath", "AZURE_CLIENT_CERTIFICATE_PATH", Proof::kCertificate},
    {"federatedTokenFile", "AZURE_FEDERATED_TOKEN_FILE", Proof::kFederatedToken},
};
constexpr std::string_view kPasswordFile = "clientCertificatePasswordFile";

class AuthReader {
 public:
  AuthReader(const Fields& tenant, const Fields* auth, const ConfigPlace& place,
             std::vector<Diagnostic>& diagnostics)
      : tenant_(tenant), auth_(auth), place_(place), diagnostics_(diagnostics) {}

  SignIn Read() {
    ReadClientId();
    if (!TakeFromFile() && !TakeFromEnvironment()) {
      Error("missing-key",
            "`auth` names neither a client secret, a certificate nor a federated token, and nor do "
            "AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH and AZURE_FEDERATED_TOKEN_FILE");
    }
    ReadPassword();
    return std::move(sign_in_);
  }

 private:
  void Error(std::string code, std::string message) {
    const auto* value = tenant_.Find("auth");
    diagnostics_.push_back(
        ErrorAt(value == nullptr ? tenant_.node() : *value, std::move(code), std::move(message)));
  }

  std::optional<std::string> Text(std::string_view key) const {
    const auto found = auth_ == nullptr ? std::nullopt : auth_->String(key);
    return found ? std::optional(found->value) : std::nullopt;
  }

  void ReadClientId() {
    if (auth_ != nullptr && auth_->Has("clientId")) {
      sign_in_.client_id = Text("clientId").value_or("");
      return;
    }
    sign_in_.client_id = place_.environment("AZURE_CLIENT_ID").value_or("");
    if (sign_in_.client_id.empty()) {
      Error("missing-key", "`auth.clientId` is neither here nor in AZURE_CLIENT_ID");
    } else if (!Guid::Parse(sign_in_.client_id)) {
      Error("bad-value", "AZURE_CLIENT_ID is not a GUID");
    }
  }

  bool TakeFromFile() {
    for (const auto& each : kProofs) {
      if (auth_ == nullptr || !auth_->Has(each.key)) continue;
      sign_in_.proof = each.proof;
      sign_in_.file = ResolvePath(place_, Text(each.key).value_or(""));
      return true;
    }
    return false;
  }

  bool TakeFromEnvironment() {
    for (const auto& each : kProofs) {
      const auto value = place_.environment(each.variable);
      if (!value) continue;
      sign_in_.proof = each.proof;
      if (each.proof == Proof::kSecret) {
        sign_in_.secret = Secret(*value);
      } else {
        sign_in_.file = *value;  // Of the process, not of the config's folder.
      }
      return true;
    }
    return false;
  }

  void ReadPassword() {
    const bool certificate = sign_in_.proof == Proof::kCertificate;
    if (const auto file = Text(kPasswordFile)) {
      sign_in_.password_file = ResolvePath(place_, *file);
      if (certificate) return;
      diagnostics_.push_back(ErrorAt(*auth_->Find(kPasswordFile), "misplaced-key",
                                     "there is no certificate that this password opens",
                                     "name it: clientCertificatePath"));
    } else if (certificate) {
      sign_in_.password =
          Secret(place_.environment("AZURE_CLIENT_CERTIFICATE_PASSWORD").value_or(""));
    }
  }

  const Fields& tenant_;
  const Fields* auth_;
  const ConfigPlace& place_;
  std::vector<Diagnostic>& diagnostics_;
  SignIn sign_in_;
};

}  // namespace

SignIn ReadAuth(const Fields& tenant, const ConfigPlace& place,
                std::vector<Diagnostic>& diagnostics) {
  const auto* node = tenant.Mapping("auth");
  if (node == nullptr && tenant.Has("auth")) return {};  // Reported by the schema.
  if (node == nullptr) return AuthReader(tenant, nullptr, place, diagnostics).Read();
  const Fields auth(*node);
  return AuthReader(tenant, &auth, place, diagnostics).Read();
}

}  // namespace seatkeeper
