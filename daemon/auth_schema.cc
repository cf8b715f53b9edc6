#include "daemon/auth_schema.h"

#include <span>
#include <string_view>

#include "policy/schema/format.h"

namespace seatkeeper {
namespace {

using schema::Choice;
using schema::Key;
using schema::Mapping;
using schema::Refusal;
using schema::Status;
using schema::Together;

constexpr Refusal kInlineSecret{"inline-secret", "a secret must not stand in the config",
                                "put it into a file of its own and name that: clientSecretFile"};
constexpr Key kAuthKeys[] = {
    {.key = "clientId",
     .about = "The application (client) id of the app registration; else AZURE_CLIENT_ID",
     .value = {.format = &schema::kGuid,
               .hint = "the application (client) id of the app registration"}},
    {.key = "clientSecretFile",
     .about = "The file that holds the client secret; else AZURE_CLIENT_SECRET holds it",
     .example = R"("/run/secrets/contoso")"},
    {.key = "clientSecret",
     .status = Status::kRefused,
     .about = "Secrets stand in files of their own",
     .refusal = &kInlineSecret},
    {.key = "clientAssertion",
     .status = Status::kRefused,
     .about = "Secrets stand in files of their own",
     .refusal = &kInlineSecret},
    {.key = "password",
     .status = Status::kRefused,
     .about = "Secrets stand in files of their own",
     .refusal = &kInlineSecret},
    {.key = "clientCertificatePath",
     .about = "The file that holds a certificate and its private key, PEM or PKCS#12; else "
              "AZURE_CLIENT_CERTIFICATE_PATH names it",
     .example = R"("/run/secrets/contoso.pem")"},
    {.key = "clientCertificatePasswordFile",
     .about = "The file that holds the password of that one; else "
              "AZURE_CLIENT_CERTIFICATE_PASSWORD holds it",
     .example = R"("/run/secrets/contoso.password")"},
    {.key = "federatedTokenFile",
     .about = "The file of a token that the application trusts (workload identity), read anew for "
              "every sign-in; else AZURE_FEDERATED_TOKEN_FILE names it",
     .example = R"("/var/run/secrets/tokens/azure")"},
    {.key = "managedIdentity",
     .about = "Sign in as the machine in Azure that this runs on",
     .value = {.choices = kManagedIdentityWords}},
};
constexpr Refusal kOneProof{"both-proofs", "an application signs in in one way",
                            "keep one of the two"};
constexpr std::string_view kSecretOrCertificate[] = {"clientSecretFile", "clientCertificatePath"};
constexpr std::string_view kSecretOrToken[] = {"clientSecretFile", "federatedTokenFile"};
constexpr std::string_view kSecretOrMachine[] = {"clientSecretFile", "managedIdentity"};
constexpr std::string_view kCertificateOrToken[] = {"clientCertificatePath", "federatedTokenFile"};
constexpr std::string_view kCertificateOrMachine[] = {"clientCertificatePath", "managedIdentity"};
constexpr std::string_view kTokenOrMachine[] = {"federatedTokenFile", "managedIdentity"};
constexpr Together NotBoth(std::span<const std::string_view> keys) {
  return {.kind = Together::Kind::kNotBoth, .keys = keys, .refusal = kOneProof};
}
constexpr Together kProofs[] = {NotBoth(kSecretOrCertificate),  NotBoth(kSecretOrToken),
                                NotBoth(kSecretOrMachine),      NotBoth(kCertificateOrToken),
                                NotBoth(kCertificateOrMachine), NotBoth(kTokenOrMachine)};

}  // namespace

const Mapping kAuth{.keys = kAuthKeys, .together = kProofs};

const Choice kManagedIdentityWords[2] = {
    {"system-assigned", "the machine's own"},
    {"user-assigned", "the one that `clientId` names"},
};

}  // namespace seatkeeper
