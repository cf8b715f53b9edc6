#include <gmock/gmock.h>

#include "tests/reconciler/graph/provider_fixture.h"

namespace seatkeeper::test {
namespace {

/// Applications whose tokens name these permissions.
class MayReprocess : public ProviderTest {
 protected:
  MayReprocess() {
    transport_.On("/oauth2/v2.0/token", [this](const HttpRequest& request) {
      const bool reader = request.body.find("client_id=reader&") != std::string::npos;
      return TokenAnswer(Jwt(R"({"tid":")" + std::string(kTenant) + R"(","roles":[")" +
                             (reader ? readers_role_ : role_) + R"("]})"));
    });
    transport_.SetHandler([](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
  }

  bool MayNow() const { return provider_->capabilities().can_reprocess; }
  void Read() {
    ObservedBuilder sink(PlanningProperties());
    provider_->Read({.properties = PlanningProperties()}, sink, [](const Result<void>&) {});
    timers_.RunAll();
  }
  void Write() {
    provider_->Write({{.subject = Subject(*UserId::Parse(Guid(1))), .add = {}, .remove = {}}},
                     [](const std::vector<WriteResult>&) {});
    timers_.RunAll();
  }

  std::string role_ = "User.ReadWrite.All";
  std::string readers_role_ = "User.Read.All";
};

TEST_F(MayReprocess, StandsInTheToken) {
  EXPECT_FALSE(MayNow()) << "there is no token yet";
  Read();
  EXPECT_TRUE(MayNow());
}

TEST_F(MayReprocess, AssigningLicencesIsNotEnough) {
  role_ = "LicenseAssignment.ReadWrite.All";
  Read();
  EXPECT_FALSE(MayNow());
}

TEST_F(MayReprocess, IsAQuestionToWhoeverWrites) {
  auto settings = Config();
  settings.client_id = "writer";
  settings.read_client_id = "reader";
  settings.read_credential = std::make_shared<SecretCredential>(Secret("read secret"));
  provider_ = std::make_unique<GraphProvider>(
      GraphProvider::Dependencies{transport_, clock_, timers_, workers_, random_, observer_},
      settings);
  readers_role_ = "Directory.ReadWrite.All";
  Read();
  EXPECT_FALSE(MayNow()) << "the one that reads does not write";
  Write();
  EXPECT_TRUE(MayNow());
}

}  // namespace
}  // namespace seatkeeper::test
