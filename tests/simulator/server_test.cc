#include "tests/simulator/server.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <chrono>

#include "tests/simulator/snapshot.h"
#include "tests/simulator/test_support.h"
#include "tests/support/poll.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : simulator_({}, ReadSnapshot(SmallTenant(), kNow).directory),
        server_(simulator_, {}, [] { return kNow; }) {
    server_.Start();
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_.port());
    client_->set_keep_alive(true);
    client_->set_read_timeout(10);
    const auto token = client_->Post("/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
                                     TokenForm(), "application/x-www-form-urlencoded");
    client_->set_default_headers(
        {{"Authorization",
          "Bearer " + json::parse(token->body).at("access_token").get<std::string>()}});
  }

  void PutFault(const json& fault, const char* path = "/v1.0/users") {
    const json rules{{{"match", {{"path", path}}}, {"fault", fault}}};
    ASSERT_EQ(client_->Put("/_sim/faults", rules.dump(), "application/json")->status, 204);
  }

  Simulator simulator_;
  Server server_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(ServerTest, SpeaksHttp) {
  const auto response = client_->Get("/v1.0/users?$top=1&$select=id");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Date"), "Mon, 05 Jan 2026 08:00:00 GMT");
  EXPECT_EQ(response->get_header_value_count("Content-Type"), 1U);
  const std::string next = json::parse(response->body)["@odata.nextLink"];
  ASSERT_TRUE(next.starts_with(server_.Url() + "/v1.0/users?")) << next;
  EXPECT_EQ(client_->Get(next.substr(server_.Url().size()))->status, 200);
}

TEST_F(ServerTest, WritesThroughTheWire) {
  const json body{{"addLicenses", Bench::License(kE3)}, {"removeLicenses", json::array()}};
  const auto response =
      client_->Post("/v1.0/users/" + kCleo + "/assignLicense", body.dump(), "application/json");
  EXPECT_EQ(response->status, 200);
  const auto patched =
      client_->Patch("/v1.0/users/" + kDan, R"({"usageLocation":"FR"})", "application/json");
  EXPECT_EQ(patched->status, 204);
  EXPECT_EQ(patched->body, "");
}

TEST_F(ServerTest, DropsConnectionsWithoutAWord) {
  PutFault({{"kind", "resetAfterEffect"}});
  EXPECT_FALSE(client_->Get("/v1.0/users"));
  EXPECT_EQ(client_->Delete("/_sim/faults")->status, 204);
  EXPECT_EQ(client_->Get("/v1.0/users")->status, 200);
}

TEST_F(ServerTest, CutsTruncatedAnswersShort) {
  PutFault({{"kind", "truncate"}});
  std::string received;
  const auto response = client_->Get("/v1.0/users", [&](const char* data, std::size_t size) {
    received.append(data, size);
    return true;
  });
  EXPECT_FALSE(response) << "the announced length never arrives";
  EXPECT_FALSE(received.empty());
  EXPECT_TRUE(json::parse(received, nullptr, false).is_discarded());
}

TEST_F(ServerTest, DelaysAnswers) {
  PutFault({{"kind", "delay"}, {"ms", 300}});
  const auto begin = steady_clock::now();
  EXPECT_EQ(client_->Get("/v1.0/users")->status, 200);
  EXPECT_GE(steady_clock::now() - begin, std::chrono::milliseconds(300));
}

TEST_F(ServerTest, StallsUntilTheClientGivesUpAndStopsPromptly) {
  PutFault({{"kind", "stall"}});
  client_->set_read_timeout(0, 300'000);
  const auto begin = steady_clock::now();
  EXPECT_FALSE(client_->Get("/v1.0/users"));
  EXPECT_GE(steady_clock::now() - begin, std::chrono::milliseconds(300));
  std::thread stalled([&] {
    httplib::Client other("127.0.0.1", server_.port());
    other.set_read_timeout(60);
    EXPECT_FALSE(other.Get("/v1.0/users"));
  });
  EXPECT_TRUE(httplib::Client("127.0.0.1", server_.port()).Get("/_sim/healthz"))
      << "others are served meanwhile";
  const auto stop = steady_clock::now();
  server_.Stop();
  stalled.join();
  EXPECT_LT(steady_clock::now() - stop, std::chrono::seconds(5));
}

TEST_F(ServerTest, DropsWhatIsStalledWhenTheFaultsAreLifted) {
  PutFault({{"kind", "stall"}});
  std::thread stalled([&] { EXPECT_FALSE(client_->Get("/v1.0/users")); });
  httplib::Client control("127.0.0.1", server_.port());
  EXPECT_TRUE(seatkeeper::test::PollUntil([&] {
    const json document = json::parse(control.Get("/_sim/faults")->body);
    return document.at("faults").at(0).at("struck") != 0;
  }));
  const auto lifted = steady_clock::now();
  EXPECT_EQ(control.Delete("/_sim/faults")->status, 204);
  stalled.join();
  EXPECT_LT(steady_clock::now() - lifted, std::chrono::seconds(5)) << "it would wait for ten";
  EXPECT_EQ(control.Get("/_sim/healthz")->status, 200);
}

TEST_F(ServerTest, RefusesAnAddressThatIsTaken) {
  Simulator other({}, Directory());
  ServerOptions options;
  options.host = "256.0.0.1";
  EXPECT_THROW(Server(other, options, [] { return kNow; }), ServerError);
  options = {};
  options.certificate_file = "/does/not/exist";
  options.key_file = "/does/not/exist";
  EXPECT_THROW(Server(other, options, [] { return kNow; }), ServerError);
}

}  // namespace
}  // namespace seatkeeper::sim::test
