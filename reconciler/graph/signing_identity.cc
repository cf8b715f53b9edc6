#include "reconciler/graph/signing_identity.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>
#include <vector>

#include "reconciler/graph/jwt.h"

namespace seatkeeper {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(PKCS12* bundle) const { PKCS12_free(bundle); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// What Entra accepts, and what is not forged within the life of a certificate.
constexpr int kMinKeyBits = 2048;

struct Found {
  Owned<EVP_PKEY> key;
  std::vector<Owned<X509>> certificates;
};

Error Invalid(std::string message) {
  ERR_clear_error();  // What OpenSSL queued would be taken for somebody else's failure.
  return {
      .kind = ErrorKind::kInvalid, .message = std::move(message), .position = {}, .service = {}};
}

Owned<BIO> OpenBytes(std::string_view bytes) {
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// Never asks at the terminal, which is what OpenSSL does without such a function.
int GivePassword(char* buffer, int size, int /*writing*/, void* password) {
  const auto& text = static_cast<const Secret*>(password)->Reveal();
  if (text.size() > static_cast<std::size_t>(size)) return -1;
  text.copy(buffer, text.size());
  return static_cast<int>(text.size());
}

Result<Found> ReadPem(std::string_view bytes, const Secret& password, const std::string& path) {
  Found found;
  auto bio = OpenBytes(bytes);
  while (X509* certificate =
             PEM_read_bio_X509(bio.get(), nullptr, GivePassword, const_cast<Secret*>(&password))) {
    found.certificates.emplace_back(certificate);
  }
  ERR_clear_error();  // The loop ends with one.
  bio = OpenBytes(bytes);
  found.key.reset(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, GivePassword, const_cast<Secret*>(&password)));
  if (found.key) return found;
  if (bytes.find("PRIVATE KEY-----") == std::string_view::npos) {
    return Invalid(
        fmt::format("{} holds no private key: put the key into it, beside the "
                    "certificate.",
                    path));
  }
  if (bytes.find("ENCRYPTED") != std::string_view::npos) {
    return Invalid(fmt::format("the private key in {} cannot be decrypted: its password is {}.",
                               path, password.empty() ? "missing" : "another one"));
  }
  return Invalid(fmt::format("the private key in {} cannot be read.", path));
}

Result<Found> ReadPkcs12(std::string_view bytes, const Secret& password, const std::string& path) {
  const auto bio = OpenBytes(bytes);
  const Owned<PKCS12> bundle(d2i_PKCS12_bio(bio.get(), nullptr));
  if (!bundle) return Invalid(fmt::format("{} is neither PEM nor PKCS#12.", path));
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  if (PKCS12_parse(bundle.get(), password.Reveal().c_str(), &key, &certificate, nullptr) != 1) {
    const bool mac = PKCS12_verify_mac(bundle.get(), password.Reveal().c_str(), -1) != 1 &&
                     (!password.empty() || PKCS12_verify_mac(bundle.get(), nullptr, 0) != 1);
    return Invalid(
        mac ? fmt::format("{} cannot be opened: its password is {}.", path,
                          password.empty() ? "missing" : "another one")
            : fmt::format("{} is encrypted in a way that is not used any more: make it anew "
                          "with AES.",
                          path));
  }
  Found found;
  found.key.reset(key);
  if (certificate != nullptr) found.certificates.emplace_back(certificate);
  if (!found.key) return Invalid(fmt::format("{} holds no private key.", path));
  return found;
}

WallTime TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

std::string Digest(const X509* certificate, const EVP_MD* kind) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate, kind, digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

struct SigningIdentity::Parts {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
  std::string path;
};

SigningIdentity::SigningIdentity(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SigningIdentity::~SigningIdentity() = default;
SigningIdentity::SigningIdentity(SigningIdentity&&) noexcept = default;
SigningIdentity& SigningIdentity::operator=(SigningIdentity&&) noexcept = default;

Result<SigningIdentity> SigningIdentity::Parse(std::string_view bytes, const Secret& password,
                                               const std::string& path) {
  const bool pem = bytes.find("-----BEGIN ") != std::string_view::npos;
  auto found = pem ? ReadPem(bytes, password, path) : ReadPkcs12(bytes, password, path);
  if (!found) return std::move(found).error();
  if (found->certificates.empty()) return Invalid(fmt::format("{} holds no certificate.", path));
  if (EVP_PKEY_is_a(found->key.get(), "RSA") != 1 ||
      EVP_PKEY_get_bits(found->key.get()) < kMinKeyBits) {
    return Invalid(
        fmt::format("the key in {} is not an RSA key of at least {} bits, which is what "
                    "Entra takes.",
                    path, kMinKeyBits));
  }
  const auto own = std::ranges::find_if(found->certificates, [&](const auto& certificate) {
    return X509_check_private_key(certificate.get(), found->key.get()) == 1;
  });
  if (own == found->certificates.end()) {
    return Invalid(
        fmt::format("the private key in {} does not belong to the certificate in it: "
                    "put the two that were made together there.",
                    path));
  }
  ERR_clear_error();
  auto parts = std::make_unique<Parts>();
  parts->key = std::move(found->key);
  parts->certificate = std::move(*own);
  parts->path = path;
  return SigningIdentity(std::move(parts));
}

Result<void> SigningIdentity::CheckDates(WallTime now) const {
  const auto begins = TimeOf(X509_get0_notBefore(parts_->certificate.get()));
  if (now < begins) {
    return Invalid(
        fmt::format("the certificate in {} is not valid before {}: check the clock of "
                    "this machine, or wait.",
                    parts_->path, FormatTime(begins)));
  }
  if (now < not_after()) return {};
  return Invalid(
      fmt::format("the certificate in {} expired at {}: put a new one there, and upload "
                  "its public part to the application.",
                  parts_->path, FormatTime(not_after())));
}

WallTime SigningIdentity::not_after() const {
  return TimeOf(X509_get0_notAfter(parts_->certificate.get()));
}

std::string SigningIdentity::ThumbprintSha256() const {
  return EncodeBase64Url(Digest(parts_->certificate.get(), EVP_sha256()));
}

std::string SigningIdentity::ThumbprintSha1() const {
  std::string text;
  for (const char byte : Digest(parts_->certificate.get(), EVP_sha1())) {
    text += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  }
  return text;
}

Result<std::string> SigningIdentity::Sign(std::string_view text) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // Belongs to the context.
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(parts_->key.get())), '\0');
  std::size_t size = signature.size();
  const bool done =
      EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, parts_->key.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                     text.size()) == 1;
  if (!done) {
    auto error = Invalid(fmt::format("the private key in {} does not sign.", parts_->path));
    error.kind = ErrorKind::kInternal;
    return error;
  }
  signature.resize(size);
  return signature;
}

}  // namespace seatkeeper
