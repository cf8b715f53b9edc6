#include "tests/support/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace seatkeeper::test {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(PKCS12* bundle) const { PKCS12_free(bundle); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void Must(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses");
}

Owned<BIO> Memory() { return Owned<BIO>(BIO_new(BIO_s_mem())); }

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Owned<BIO> Open(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Owned<EVP_PKEY> KeyOf(const TestCertificate& pair) {
  const auto bio = Open(pair.key);
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  Must(key != nullptr);
  return key;
}

Owned<X509> CertificateOf(const TestCertificate& pair) {
  const auto bio = Open(pair.certificate);
  Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  Must(certificate != nullptr);
  return certificate;
}

std::string Base64Url(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

struct Extension {
  int kind;  // NID_...
  std::string value;
};

void Extend(X509* certificate, const Extension& extension) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> made(
      X509V3_EXT_conf_nid(nullptr, &context, extension.kind, extension.value.c_str()));
  Must(made != nullptr && X509_add_ext(certificate, made.get(), -1) == 1);
}

// Signed by `issuer`; without one, by itself.
TestCertificate Make(const CertificateWish& wish, const std::vector<Extension>& extensions,
                     const TestCertificate* issuer) {
  const Owned<EVP_PKEY> key(wish.elliptic ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048));
  const Owned<X509> certificate(X509_new());
  constexpr long kVersion3 = 2;
  if (!extensions.empty()) X509_set_version(certificate.get(), kVersion3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), wish.from.time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), wish.to.time_since_epoch().count());
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  for (const auto& extension : extensions) Extend(certificate.get(), extension);
  if (issuer == nullptr) {
    X509_set_issuer_name(certificate.get(), name);
    Must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  } else {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(CertificateOf(*issuer).get()));
    Must(X509_sign(certificate.get(), KeyOf(*issuer).get(), EVP_sha256()) > 0);
  }
  TestCertificate pair;
  auto bio = Memory();
  Must(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  pair.certificate = TextOf(bio.get());
  bio = Memory();
  Must(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  pair.key = TextOf(bio.get());
  return pair;
}

}  // namespace

TestCertificate MakeCertificate(const CertificateWish& wish) { return Make(wish, {}, nullptr); }

CertificateWish NowValid() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {.from = now - std::chrono::days(1), .to = now + std::chrono::days(1)};
}

TestCertificate MakeCertificate() { return MakeCertificate(NowValid()); }

TestCertificate MakeAuthority(const std::string& name) {
  auto wish = NowValid();
  wish.name = name;
  wish.elliptic = true;
  return Make(wish, {{NID_basic_constraints, "critical,CA:TRUE"}}, nullptr);
}

TestCertificate MakeServerCertificate(const CertificateWish& wish, const std::string& names,
                                      const TestCertificate* authority) {
  auto quick = wish;
  quick.elliptic = true;
  return Make(quick, {{NID_subject_alt_name, names}}, authority);
}

std::string MakePkcs12(const TestCertificate& pair, const std::string& password) {
  const auto key = KeyOf(pair);
  const auto certificate = CertificateOf(pair);
  const Owned<PKCS12> bundle(PKCS12_create(password.c_str(), "seatkeeper", key.get(),
                                           certificate.get(), nullptr, 0, 0, 0, 0, 0));
  Must(bundle != nullptr);
  const auto bio = Memory();
  Must(i2d_PKCS12_bio(bio.get(), bundle.get()) == 1);
  return TextOf(bio.get());
}

std::string EncryptKey(const TestCertificate& pair, const std::string& password) {
  const auto key = KeyOf(pair);
  const auto bio = Memory();
  Must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_256_cbc(), password.data(),
                                     static_cast<int>(password.size()), nullptr, nullptr) == 1);
  return TextOf(bio.get());
}

std::string PublicKeyOf(const TestCertificate& pair) {
  const auto key = KeyOf(pair);
  const auto bio = Memory();
  Must(PEM_write_bio_PUBKEY(bio.get(), key.get()) == 1);
  return TextOf(bio.get());
}

std::string ThumbprintOf(const TestCertificate& pair) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(CertificateOf(pair).get(), EVP_sha256(), digest.data(), &size);
  return Base64Url({reinterpret_cast<const char*>(digest.data()), size});
}

std::string SignJwt(const TestCertificate& pair, const nlohmann::json& header,
                    const nlohmann::json& claims) {
  const auto key = KeyOf(pair);
  const auto text = Base64Url(header.dump()) + "." + Base64Url(claims.dump());
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  Must(EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key.get()) == 1);
  if (header.value("alg", "") == "PS256") {
    Must(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1);
    Must(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  Must(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                      reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
  signature.resize(size);
  return text + "." + Base64Url(signature);
}

}  // namespace seatkeeper::test
