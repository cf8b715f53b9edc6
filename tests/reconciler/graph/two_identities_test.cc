#include <gmock/gmock.h>

#include <map>

#include "tests/reconciler/graph/provider_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One application reads and another writes; tokens say whose they are.
class TwoIdentities : public ProviderTest {
 protected:
  TwoIdentities() {
    transport_.On("/oauth2/v2.0/token", [this](const HttpRequest& request) {
      const bool reader = request.body.find("client_id=reader&") != std::string::npos;
      signed_in_.emplace_back(reader ? "reader" : "writer");
      return TokenAnswer(Token(reader));
    });
    transport_.SetHandler([](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
    auto settings = Config();
    settings.client_id = "writer";
    settings.read_client_id = "reader";
    settings.read_credential = std::make_shared<SecretCredential>(Secret("read secret"));
    provider_ = std::make_unique<GraphProvider>(
        GraphProvider::Dependencies{transport_, clock_, timers_, workers_, random_, observer_},
        settings);
  }
  static std::string Token(bool reader) { return TokenFor(kTenant, reader ? 1 : 2); }
  // Of every request to Graph: whose token it carried.
  std::vector<std::string> Bearers() const {
    std::vector<std::string> bearers;
    for (const auto& request : transport_.requests) {
      const auto* bearer = FindHeader(request.headers, "Authorization");
      if (bearer == nullptr) continue;
      bearers.emplace_back(*bearer == "Bearer " + Token(true) ? "reader" : "writer");
    }
    return bearers;
  }

  std::vector<std::string> signed_in_;
};

TEST_F(TwoIdentities, OnlyWritesAreTheWriters) {
  provider_->Read({.properties = PlanningProperties()}, sink_, [](const Result<void>&) {});
  timers_.RunAll();
  provider_->Reread({Subject(*UserId::Parse(Guid(1)))}, sink_, [](const Result<void>&) {});
  timers_.RunAll();
  ASSERT_FALSE(Bearers().empty());
  EXPECT_THAT(Bearers(), Each("reader"));
  EXPECT_THAT(signed_in_, ElementsAre("reader")) << "nobody signs in to write before that";

  transport_.requests.clear();
  provider_->Write({{.subject = Subject(*UserId::Parse(Guid(1))), .add = {}, .remove = {}}},
                   [](const std::vector<WriteResult>&) {});
  timers_.RunAll();
  EXPECT_THAT(Bearers(), ElementsAre("writer"));
  EXPECT_THAT(signed_in_, ElementsAre("reader", "writer"));
}

TEST_F(TwoIdentities, ATokenThatIsNotAcceptedIsReplacedForItsOwnerAlone) {
  transport_.SetHandler([](const HttpRequest& request) {
    const auto* bearer = FindHeader(request.headers, "Authorization");
    const bool reader = *bearer == "Bearer " + Token(true);
    return reader ? Answer(401, "{}") : Answer(200, R"({"responses":[]})");
  });
  provider_->Read({.properties = PlanningProperties()}, sink_, [](const Result<void>&) {});
  timers_.RunAll();
  ASSERT_THAT(signed_in_, ::testing::Not(IsEmpty()));
  EXPECT_THAT(signed_in_, Each("reader"));
}

}  // namespace
}  // namespace seatkeeper::test
