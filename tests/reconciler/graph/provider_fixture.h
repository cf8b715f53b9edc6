#pragma once

#include <optional>
#include <utility>

#include "reconciler/graph/graph_provider.h"
#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {

/// A provider against scripted answers.
class ProviderTest : public GraphTest {
 protected:
  static GraphSettings Config() {
    return {.tenant = "contoso",
            .tenant_id = kTenant,
            .client_id = "app",
            .credential = std::make_shared<SecretCredential>(Secret("secret")),
            .graph_base = "https://graph.test/",
            .login_base = "https://login.test"};
  }
  std::unique_ptr<GraphProvider> MakeProvider() {
    return std::make_unique<GraphProvider>(
        GraphProvider::Dependencies{transport_, clock_, timers_, workers_, random_, observer_},
        Config());
  }
  static std::string UserJson(int id) {
    return R"({"id":")" + Guid(id) + R"(","userPrincipalName":"u)" + std::to_string(id) +
           R"(@contoso.com","displayName":null,"accountEnabled":true,"usageLocation":null,)"
           R"("userType":"Member","licenseAssignmentStates":[]})";
  }

  ObservedBuilder sink_{PlanningProperties()};
  std::unique_ptr<GraphProvider> provider_ = MakeProvider();
};

}  // namespace seatkeeper::test
