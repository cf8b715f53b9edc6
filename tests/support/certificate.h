#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace seatkeeper::test {

/// A certificate and its key, PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;

  std::string Both() const { return certificate + key; }
};

struct CertificateWish {
  std::chrono::sys_seconds from;
  std::chrono::sys_seconds to;
  std::string name = "seatkeeper";
  bool elliptic = false;  ///< Instead of RSA.
};

/// Self-signed, with a key of its own, each time.
TestCertificate MakeCertificate(const CertificateWish& wish);
/// Valid from yesterday to tomorrow.
CertificateWish NowValid();
TestCertificate MakeCertificate();

/// One that signs others, for `caFile` of whoever is to trust those.
TestCertificate MakeAuthority(const std::string& name);
/// What a server for `names` shows, such as "IP:127.0.0.1,DNS:graph.test"; signed by an authority,
/// or by itself. Always elliptic.
TestCertificate MakeServerCertificate(const CertificateWish& wish, const std::string& names,
                                      const TestCertificate* authority);

/// DER, as portals and key vaults hand it out.
std::string MakePkcs12(const TestCertificate& pair, const std::string& password);
/// The key of the pair, encrypted, PEM.
std::string EncryptKey(const TestCertificate& pair, const std::string& password);
/// PEM.
std::string PublicKeyOf(const TestCertificate& pair);
/// base64url of the SHA-256 of the certificate.
std::string ThumbprintOf(const TestCertificate& pair);

/// A signed JWT; `header` says the algorithm, PS256 or RS256.
std::string SignJwt(const TestCertificate& pair, const nlohmann::json& header,
                    const nlohmann::json& claims);

}  // namespace seatkeeper::test
