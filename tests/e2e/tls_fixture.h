#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/support/tls_front.h"

namespace seatkeeper::test {

/// A simulated tenant that is reached as a real one: by HTTPS, with the certificates of an
/// authority that nobody but `ca.pem` in the folder knows.
class TlsEndToEnd : public EndToEnd {
 protected:
  TlsEndToEnd();

  /// By that authority, for these names, as in "DNS:graph.test".
  TestCertificate Signed(const std::string& names = "IP:127.0.0.1",
                         const CertificateWish& wish = NowValid()) const;
  /// A tenant behind the sites that have been added.
  void StartBehindFront(const std::vector<std::string>& arguments);
  static std::string At(int port, const std::string& host = "127.0.0.1");
  /// `extra` are further lines of the tenant's entry.
  void UseEndpoints(const std::string& graph, const std::string& login,
                    const std::string& extra = kTrusting);
  void UseEndpoints(const std::string& both) { UseEndpoints(both, both); }

  /// The requests of the front's log, once everything is there that the tenant has been asked.
  std::vector<nlohmann::json> FrontRequests() const;

  static constexpr const char* kSecret =
      "    auth: {clientId: 22222222-2222-2222-2222-222222222222, clientSecretFile: "
      "client-secret}\n";
  static const std::string kTrusting;  // kSecret and the authority.

  TlsFront front_;

 private:
  TestCertificate authority_;
};

}  // namespace seatkeeper::test
