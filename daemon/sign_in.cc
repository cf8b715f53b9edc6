#include "daemon/sign_in.h"

#include <utility>

#include "daemon/text_file.h"
#include "reconciler/graph/certificate_credential.h"
#include "reconciler/graph/credential.h"

namespace seatkeeper {
namespace {

ReadText SecretText(const std::string& file, const Secret& otherwise, const char* what) {
  return [file, otherwise, what] {
    return file.empty() ? Result<std::string>(otherwise.Reveal()) : ReadSecretFile(file, what);
  };
}

// Where nothing mounts the token, the file is not there: the likeliest mistake of a deployment.
Result<std::string> ReadFederatedToken(const std::string& file) {
  auto token = ReadSecretFile(file, "federated token");
  if (token || token.error().kind != ErrorKind::kNotFound) return token;
  auto error = std::move(token).error();
  error.message +=
      "; a pod gets it from Azure's workload identity webhook, which asks for the label "
      "azure.workload.identity/use: \"true\"";
  return error;
}

}  // namespace

std::shared_ptr<const Credential> MakeCredential(const SignIn& sign_in) {
  const auto& file = sign_in.file;
  switch (sign_in.proof) {
    case SignIn::Proof::kSecret:
      return std::make_shared<SecretCredential>(SecretText(file, sign_in.secret, "client secret"));
    case SignIn::Proof::kCertificate:
      return std::make_shared<CertificateCredential>(
          [file] { return ReadBoundedFile(file, kMaxSecretBytes); },
          SecretText(sign_in.password_file, sign_in.password, "certificate password"), file);
    case SignIn::Proof::kFederatedToken:
      return std::make_shared<FederatedCredential>([file] { return ReadFederatedToken(file); },
                                                   file);
    case SignIn::Proof::kManagedIdentity:
      return std::make_shared<ManagedIdentityCredential>(sign_in.place);
  }
  return nullptr;
}

std::string ProofName(const SignIn& sign_in) {
  switch (sign_in.proof) {
    case SignIn::Proof::kSecret:
      return "the client secret";
    case SignIn::Proof::kCertificate:
      return "the certificate";
    case SignIn::Proof::kFederatedToken:
      return "the federated credential";
    case SignIn::Proof::kManagedIdentity:
      return "that the identity is assigned to this machine";
  }
  return {};
}

std::string IdentityName(const SignIn& sign_in) {
  return sign_in.client_id.empty() ? "the machine's own identity" : sign_in.client_id;
}

}  // namespace seatkeeper
