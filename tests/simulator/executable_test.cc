#include <gmock/gmock.h>
#include <httplib.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/simulator/test_support.h"
#include "tests/support/poll.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

using seatkeeper::test::PollUntil;
using seatkeeper::test::Process;
using seatkeeper::test::ReadFile;
using seatkeeper::test::TempFolder;
using seatkeeper::test::WriteFile;

class Executable : public testing::Test {
 protected:
  void Start(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{SIMULATOR_EXECUTABLE};
    all.insert(all.end(), arguments.begin(), arguments.end());
    process_.emplace(all, Path("stdout"), Path("stderr"));
  }
  int Wait() { return process_->Wait(); }
  int Run(const std::vector<std::string>& arguments) {
    Start(arguments);
    return Wait();
  }
  void Signal(int signal) { process_->Signal(signal); }

  // The port, once the process has written it.
  int AwaitPort() {
    const bool written = PollUntil([this] { return std::filesystem::exists(Path("port")); });
    return written ? std::stoi(Read("port")) : 0;
  }

  std::string Path(const std::string& name) const { return folder_.File(name); }
  std::string Read(const std::string& name) const { return ReadFile(Path(name)); }
  void Write(const std::string& name, const std::string& text) const {
    WriteFile(Path(name), text);
  }

 private:
  TempFolder folder_;
  std::optional<Process> process_;
};

TEST_F(Executable, ServesAGeneratedTenantUntilItIsStopped) {
  Start({"--listen", ":0", "--port-file", Path("port"), "--users", "50", "--seed", "3", "--roles",
         "User.Read.All", "--client-id", "33333333-3333-3333-3333-333333333333", "--client-secret",
         "hush", "--tenant-id", "44444444-4444-4444-4444-444444444444", "--group-delay", "1234"});
  const int port = AwaitPort();
  ASSERT_GT(port, 0);
  httplib::Client client("127.0.0.1", port);
  const auto token =
      client.Post("/44444444-4444-4444-4444-444444444444/oauth2/v2.0/token",
                  "client_id=33333333-3333-3333-3333-333333333333&scope=https%3A%2F%2Fgraph."
                  "microsoft.com%2F.default&grant_type=client_credentials&client_secret=hush",
                  "application/x-www-form-urlencoded");
  ASSERT_TRUE(token);
  client.set_bearer_token_auth(
      json::parse(token->body).at("access_token").get<std::string>().c_str());
  EXPECT_EQ(json::parse(client.Get("/v1.0/users")->body)["value"].size(), 50U);
  EXPECT_EQ(client.Get("/v1.0/groups")->status, 403) << "only the roles that were given";
  EXPECT_EQ(json::parse(client.Get("/_sim/groupLicensing")->body)["delay"], 1234);
  Signal(SIGTERM);
  EXPECT_EQ(Wait(), 0);
  EXPECT_EQ(Read("stdout"), "http://127.0.0.1:" + std::to_string(port) + "\n");
}

TEST_F(Executable, ServesASnapshotOverTls) {
  Write("tenant.json", SmallTenant().dump());
  ASSERT_EQ(std::system(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
                         "-keyout " +
                         Path("key.pem") + " -out " + Path("cert.pem") + " 2>/dev/null")
                            .c_str()),
            0);
  Start({"--listen", "127.0.0.1:0", "--port-file", Path("port"), "--tenant", Path("tenant.json"),
         "--tls", Path("cert.pem"), Path("key.pem")});
  const int port = AwaitPort();
  ASSERT_GT(port, 0);
  httplib::SSLClient client("127.0.0.1", port);
  client.enable_server_certificate_verification(false);
  const auto state = client.Get("/_sim/state");
  ASSERT_TRUE(state);
  EXPECT_EQ(json::parse(state->body)["users"].size(), 4U);
  Signal(SIGINT);
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(Read("stdout"), HasSubstr("https://127.0.0.1:"));
}

TEST_F(Executable, HasTheQuotaThatItIsTold) {
  Start({"--listen", ":0", "--port-file", Path("port"), "--users", "10", "--quota", "units=4",
         "--quota", "writes=7", "--quota-scale", "0.01"});
  const int port = AwaitPort();
  ASSERT_GT(port, 0);
  httplib::Client client("127.0.0.1", port);
  const auto token = client.Post("/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
                                 TokenForm(), "application/x-www-form-urlencoded");
  ASSERT_TRUE(token);
  client.set_bearer_token_auth(
      json::parse(token->body).at("access_token").get<std::string>().c_str());
  EXPECT_EQ(client.Get("/v1.0/users")->status, 200);
  EXPECT_EQ(client.Get("/v1.0/users")->status, 200);
  EXPECT_EQ(client.Get("/v1.0/users")->status, 429);
}

TEST_F(Executable, RefusesWrongArguments) {
  EXPECT_EQ(Run({"--bogus"}), 64);
  EXPECT_EQ(Run({"--listen", "here"}), 64);
  EXPECT_EQ(Run({"--listen", "127.0.0.1:70000"}), 64);
  EXPECT_EQ(Run({"--users", "0"}), 64);
  EXPECT_EQ(Run({"--users", "5", "--tenant", "x.json"}), 64);
  EXPECT_EQ(Run({"--tls", "only-one"}), 64);
  EXPECT_EQ(Run({"--group-delay", "-1"}), 64);
  for (const char* figure : {"writes", "writes=", "writes=0", "writers=5", "=5"}) {
    EXPECT_EQ(Run({"--quota", figure}), 64) << figure;
  }
  EXPECT_EQ(Run({"--quota-scale", "0"}), 64);
  EXPECT_EQ(Run({"--tenant-id", "contoso"}), 64);
  EXPECT_THAT(Read("stderr"), HasSubstr("--tenant-id"));
}

TEST_F(Executable, RefusesUnreadableSnapshots) {
  EXPECT_EQ(Run({"--tenant", Path("missing.json")}), 65);
  Write("broken.json", R"({"users": [{}]})");
  EXPECT_EQ(Run({"--tenant", Path("broken.json")}), 65);
  EXPECT_THAT(Read("stderr"), HasSubstr("broken.json: users[0].id: missing"));
}

TEST_F(Executable, ReportsAnAddressItCannotUse) {
  EXPECT_EQ(Run({"--listen", "256.0.0.1:0", "--users", "2"}), 1);
  EXPECT_THAT(Read("stderr"), HasSubstr("cannot listen on 256.0.0.1:0"));
}

TEST_F(Executable, HelpNamesEveryOption) {
  EXPECT_EQ(Run({"--help"}), 0);
  for (const char* option : {"--listen", "--port-file", "--tenant", "--users", "--seed", "--tls",
                             "--tenant-id", "--client-id", "--client-secret", "--roles",
                             "--group-delay", "--quota", "--quota-scale", "--no-quota"}) {
    EXPECT_THAT(Read("stdout"), HasSubstr(option));
  }
}

}  // namespace
}  // namespace seatkeeper::sim::test
