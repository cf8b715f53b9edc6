#include "tests/e2e/tls_fixture.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/support/poll.h"

namespace seatkeeper::test {

const std::string TlsEndToEnd::kTrusting = std::string(kSecret) + "    caFile: ca.pem\n";

TlsEndToEnd::TlsEndToEnd() : front_(folder() / "front"), authority_(MakeAuthority("authority")) {
  WriteFile(folder() / "ca.pem", authority_.certificate);
  WritePolicy("everybody.yaml",
              "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: everybody}\n"
              "spec:\n  subjects: {rule: user.accountEnabled -eq true}\n"
              "  licenses: [{product: SPE_E3}]\n");
}

TestCertificate TlsEndToEnd::Signed(const std::string& names, const CertificateWish& wish) const {
  return MakeServerCertificate(wish, names, &authority_);
}

void TlsEndToEnd::StartBehindFront(const std::vector<std::string>& arguments) {
  StartTenant(arguments);
  front_.Start(tenant_port());
}

std::string TlsEndToEnd::At(int port, const std::string& host) {
  return fmt::format("https://{}:{}", host, port);
}

void TlsEndToEnd::UseEndpoints(const std::string& graph, const std::string& login,
                               const std::string& extra) {
  WriteFile(folder() / "seatkeeper.yaml", fmt::format(R"(apiVersion: seatkeeper/v1
kind: Config
policy: {{path: policies}}
store: {{sqlite: {{path: seatkeeper.db}}}}
tenants:
  - name: contoso
    provider: graph
    tenantId: 11111111-1111-1111-1111-111111111111
    endpoints: {{graph: "{}", login: "{}"}}
{})",
                                                      graph, login, extra));
}

std::vector<nlohmann::json> TlsEndToEnd::FrontRequests() const {
  // nginx writes a line when it has sent the last byte, the tenant when it has begun to answer.
  const auto asked = RequestsAfter(0).size();
  EXPECT_TRUE(PollUntil([&] { return front_.Requests().size() >= asked; })) << front_.errors();
  return front_.Requests();
}

}  // namespace seatkeeper::test
