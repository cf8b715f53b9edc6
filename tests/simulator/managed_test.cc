#include "tests/simulator/managed.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

const std::string kMetadata =
    "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2F"
    "graph.microsoft.com";
const std::string kAppService =
    "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fgraph.microsoft.com";
const std::string kOwn = "55555555-5555-5555-5555-555555555555";
const std::string kNamed = "66666666-6666-6666-6666-666666666666";

class ManagedIdentity : public testing::Test {
 protected:
  ManagedIdentity() {
    const json roles = json::array({"User.Read.All"});
    bench_.Send(
        "PUT", "/_sim/applications",
        json::array({{{"clientId", kNamed}, {"roles", roles}, {"managed", "user-assigned"}},
                     {{"clientId", kOwn}, {"roles", roles}, {"managed", "system-assigned"}}}));
  }
  Response Ask(const std::string& target, const Headers& headers = {{"Metadata", "true"}}) {
    return bench_.Raw({"GET", target, headers, ""});
  }
  Bench bench_;
};

TEST_F(ManagedIdentity, GivesTokensOfTheMachinesOwnAndOfNamedIdentities) {
  const json own = Parse(Ask(kMetadata));
  EXPECT_EQ(own["client_id"], kOwn);
  EXPECT_EQ(own["expires_in"], "3599") << "numbers are texts";
  bench_.token = own["access_token"];
  EXPECT_EQ(bench_.Get("/v1.0/users").status, 200);
  EXPECT_EQ(Parse(Ask(kMetadata + "&client_id=" + kNamed))["client_id"], kNamed);
  EXPECT_EQ(Ask(kMetadata + "&client_id=" + kOwn).status, 400);
  const json service = Parse(Ask(kAppService, {{"X-IDENTITY-HEADER", kAppServiceHeader}}));
  EXPECT_EQ(service["client_id"], kOwn);
  EXPECT_FALSE(service.contains("expires_in"));
}

TEST_F(ManagedIdentity, RefusesWhoDoesNotAskFromHere) {
  EXPECT_EQ(Ask(kMetadata, {}).status, 400);
  EXPECT_EQ(Ask(kMetadata, {{"Metadata", "True"}}).status, 400);
  EXPECT_EQ(Ask(kMetadata, {{"Metadata", "true"}, {"X-Forwarded-For", "10.0.0.1"}}).status, 400);
  EXPECT_EQ(Ask(kAppService).status, 401);
  EXPECT_EQ(
      Ask("/metadata/identity/oauth2/token?resource=https%3A%2F%2Fgraph.microsoft.com").status,
      400);
  EXPECT_EQ(Ask("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x").status, 400);
}

}  // namespace
}  // namespace seatkeeper::sim::test
