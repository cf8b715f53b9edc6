// A network that lets nothing out but through a proxy.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/e2e/tls_fixture.h"
#include "tests/support/connect_proxy.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Proxy : public TlsEndToEnd {
 protected:
  Completed SeatkeeperWith(const std::map<std::string, std::string>& environment,
                           const std::string& command) const {
    return RunProgram({SEATKEEPER, command}, {.folder = folder(), .extra = environment});
  }
  static std::string Tunnel(const std::string& host, int port) {
    return fmt::format("CONNECT {}:{} HTTP/1.1", host, port);
  }

  ConnectProxy proxy_;
};

TEST_F(Proxy, IsAskedForATunnelToEachHostAndTlsGoesThroughIt) {
  const int site = front_.AddSite(Signed("DNS:graph.test,DNS:login.test"));
  StartBehindFront({"--users", "1100"});
  UseEndpoints(At(site, "graph.test"), At(site, "login.test"));
  const auto done = SeatkeeperWith({{"HTTPS_PROXY", proxy_.base()}}, "plan");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(proxy_.asked(),
              UnorderedElementsAre(Tunnel("login.test", site), Tunnel("graph.test", site)));
  for (const auto& request : FrontRequests()) EXPECT_EQ(request["protocol"], "HTTP/2.0");
}

TEST_F(Proxy, CannotShowACertificateOfItsOwn) {
  const int site = front_.AddSite(Signed("DNS:proxy.test"));
  StartBehindFront({"--users", "20"});
  UseEndpoints(At(site, "graph.test"));
  const auto done = SeatkeeperWith({{"https_proxy", proxy_.base()}}, "plan");
  EXPECT_EQ(done.exit_code, 69);
  EXPECT_THAT(done.err, AllOf(HasSubstr("the certificate of " + At(site, "graph.test")),
                              HasSubstr("somebody stands between")));
  EXPECT_THAT(proxy_.asked(), ElementsAre(Tunnel("graph.test", site)));
  EXPECT_THAT(RequestsAfter(0), IsEmpty());
}

TEST_F(Proxy, IsNotAskedForWhatNoProxyNames) {
  const int site = front_.AddSite(Signed());
  StartBehindFront({"--users", "20"});
  UseEndpoints(At(site));
  const auto done = SeatkeeperWith(
      {{"HTTPS_PROXY", proxy_.base()}, {"NO_PROXY", "intranet.test,127.0.0.0/8"}}, "plan");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(proxy_.asked(), IsEmpty());
}

TEST_F(Proxy, IsNotAskedForTheIdentityOfTheMachine) {
  const int site = front_.AddSite(Signed("DNS:graph.test"));
  StartBehindFront({"--users", "20"});
  SetApplications(json::array({{{"clientId", "44444444-4444-4444-4444-444444444444"},
                                {"roles", {"User.Read.All", "LicenseAssignment.Read.All"}},
                                {"managed", "system-assigned"}}}));
  UseEndpoints(At(site, "graph.test"), At(site, "graph.test"),
               "    auth: {managedIdentity: system-assigned}\n    caFile: ca.pem\n");
  const auto metadata = fmt::format("http://127.0.0.1:{}", tenant_port());
  const auto done = SeatkeeperWith({{"AZURE_POD_IDENTITY_AUTHORITY_HOST", metadata},
                                    {"http_proxy", proxy_.base()},
                                    {"HTTPS_PROXY", proxy_.base()}},
                                   "plan");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(proxy_.asked(), ElementsAre(Tunnel("graph.test", site)));
}

}  // namespace
}  // namespace seatkeeper::test
