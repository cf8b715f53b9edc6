#include "daemon/config_auth.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/auth_schema.h"
#include "daemon/endpoints.h"
#include "policy/guid.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Proof = SignIn::Proof;
enum class Machine { kSystemAssigned, kUserAssigned };  // As kManagedIdentityWords.

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
  AuthReader(std::string_view key, const Fields& tenant, const yaml::Node* auth,
             const ConfigPlace& place, std::vector<Diagnostic>& diagnostics)
      : key_(key), tenant_(tenant), place_(place), diagnostics_(diagnostics) {
    if (auth != nullptr) auth_.emplace(*auth);
  }

  SignIn Read() {
    const bool proven = TakeFromFile() || TakeFromEnvironment();
    ReadClientId();
    if (!proven) ReportNoProof();
    ReadPassword();
    return std::move(sign_in_);
  }

  void Error(std::string code, std::string message) {
    const auto* value = tenant_.Find(key_);
    diagnostics_.push_back(
        ErrorAt(value == nullptr ? tenant_.node() : *value, std::move(code), std::move(message)));
  }

 private:
  // The environment's variables speak of whom `auth` describes.
  bool changing() const { return key_ == "auth"; }

  std::optional<std::string> Text(std::string_view key) const {
    const auto found = auth_ ? auth_->String(key) : std::nullopt;
    return found ? std::optional(found->value) : std::nullopt;
  }

  std::string Variable(const char* name) const { return place_.environment(name).value_or(""); }

  void ReportNoProof() {
    if (changing()) {
      Error("missing-key",
            "`auth` names neither a client secret, a certificate, a federated token nor a managed "
            "identity, and nor do AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH and "
            "AZURE_FEDERATED_TOKEN_FILE");
    } else {
      Error("missing-key", "`readAuth` does not say what it signs in with");
    }
  }

  void ReadClientId() {
    const bool system_assigned =
        machine_ == Machine::kSystemAssigned && sign_in_.proof == Proof::kManagedIdentity;
    if (auth_ && auth_->Has("clientId")) {
      sign_in_.client_id = Text("clientId").value_or("");
      if (system_assigned) {
        Misplaced("clientId", "the machine's own identity is not named",
                  "leave it out, or write managedIdentity: user-assigned");
      }
      return;
    }
    if (system_assigned) return;
    if (!changing()) return Error("missing-key", "`readAuth.clientId` is missing");
    sign_in_.client_id = Variable("AZURE_CLIENT_ID");
    if (sign_in_.client_id.empty()) {
      Error("missing-key", "`auth.clientId` is neither here nor in AZURE_CLIENT_ID");
    } else if (!Guid::Parse(sign_in_.client_id)) {
      Error("bad-value", "AZURE_CLIENT_ID is not a GUID");
    }
  }

  bool TakeFromFile() {
    if (!auth_) return false;
    for (const auto& each : kProofs) {
      if (!auth_->Has(each.key)) continue;
      sign_in_.proof = each.proof;
      sign_in_.file = ResolvePath(place_, Text(each.key).value_or(""));
      return true;
    }
    if (!auth_->Has("managedIdentity")) return false;
    sign_in_.proof = Proof::kManagedIdentity;
    machine_ = auth_->Choice<Machine>("managedIdentity", kManagedIdentityWords)
                   .value_or(Machine::kSystemAssigned);
    TakePlace();
    return true;
  }

  // The variables are those of Azure's own libraries and of App Service.
  void TakePlace() {
    if (const auto base = place_.environment("AZURE_POD_IDENTITY_AUTHORITY_HOST")) {
      const auto parsed = ParseBase(*base);
      if (!parsed) {
        return Error("bad-value",
                     "AZURE_POD_IDENTITY_AUTHORITY_HOST is not an address without a "
                     "path");
      }
      sign_in_.place.metadata_base = *parsed;
    }
    // Elsewhere in Azure the first of them stands alone and means something else.
    const auto header = Variable("IDENTITY_HEADER");
    if (header.empty()) return;
    sign_in_.place.app_service = Variable("IDENTITY_ENDPOINT");
    sign_in_.place.app_service_header = Secret(header);
  }

  bool TakeFromEnvironment() {
    for (const auto& each : kProofs) {
      if (!changing() && each.proof != Proof::kFederatedToken) continue;
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
      Misplaced(kPasswordFile, "there is no certificate that this password opens",
                "name it: clientCertificatePath");
    } else if (certificate && changing()) {
      sign_in_.password = Secret(Variable("AZURE_CLIENT_CERTIFICATE_PASSWORD"));
    }
  }

  void Misplaced(std::string_view key, std::string message, std::string hint) {
    diagnostics_.push_back(
        ErrorAt(*auth_->Find(key), "misplaced-key", std::move(message), std::move(hint)));
  }

  std::string_view key_;
  const Fields& tenant_;
  std::optional<Fields> auth_;
  const ConfigPlace& place_;
  std::vector<Diagnostic>& diagnostics_;
  SignIn sign_in_;
  Machine machine_ = Machine::kSystemAssigned;
};

}  // namespace

SignIn ReadAuth(const Fields& tenant, const ConfigPlace& place,
                std::vector<Diagnostic>& diagnostics) {
  const auto* node = tenant.Mapping("auth");
  if (node == nullptr && tenant.Has("auth")) return {};  // Reported by the schema.
  return AuthReader("auth", tenant, node, place, diagnostics).Read();
}

std::optional<SignIn> ReadReadAuth(const Fields& tenant, const SignIn& changing,
                                   const ConfigPlace& place, std::vector<Diagnostic>& diagnostics) {
  const auto* node = tenant.Mapping("readAuth");
  if (node == nullptr) return std::nullopt;
  AuthReader reader("readAuth", tenant, node, place, diagnostics);
  auto sign_in = reader.Read();
  const bool machines =
      changing.proof == Proof::kManagedIdentity && sign_in.proof == Proof::kManagedIdentity;
  if (EqualsIgnoreCase(sign_in.client_id, changing.client_id) &&
      (machines || !sign_in.client_id.empty())) {
    // Whoever writes it believes that reading cannot change anything.
    reader.Error("same-identity",
                 "`readAuth` is the application that changes: it would not be kept apart");
  }
  return sign_in;
}

}  // namespace seatkeeper
