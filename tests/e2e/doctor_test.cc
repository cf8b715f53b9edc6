// What `doctor` says of a tenant, and of what policy names in it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";

/// Where messages would go: a port of 127.0.0.1 that keeps those who call waiting.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address_), size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return ntohs(address_.sin_port); }
  bool WasCalled() const {
    const int call = ::accept(socket_, nullptr, nullptr);
    if (call >= 0) ::close(call);
    return call >= 0;
  }

 private:
  int socket_;
  sockaddr_in address_{};
};

class DoctorCommand : public EndToEnd {
 protected:
  void Start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--users", "30", "--seed", "4"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    StartTenant(arguments);
    WriteConfig("    mode: enforce\n");
    GrantTo("Copilot Pilot");
  }
  void GrantTo(const std::string& groups, const std::string& more = "") {
    WritePolicy("visio.yaml",
                "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: drawers}\nspec:\n"
                "  subjects: {groups: [" +
                    groups + "]}\n  licenses: [{product: VISIOCLIENT}]\n" + more);
  }
  void AddGroup(const std::string& name, bool secure) {
    const json group{{"displayName", name}, {"securityEnabled", secure}};
    Edit(json::array({{{"op", "addGroup"}, {"group", group}}}));
  }
  void ExpectFailure(int exit_code, const std::string& line) {
    const auto done = Seatkeeper({"doctor"});
    EXPECT_EQ(done.exit_code, exit_code) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr(line));
  }
};

TEST_F(DoctorCommand, HasNothingToSayAgainstASoundTenant) {
  Start();
  const auto done = Seatkeeper({"doctor"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("ok    contoso quota: the service reports no pressure\n"),
                    HasSubstr("ok    contoso subscriptions: "), HasSubstr(", every seat in force"),
                    HasSubstr("ok    contoso groups: 1 group named by the policy, and there\n"),
                    Not(HasSubstr("FAIL"))));
  for (const auto& request : RequestsAfter(0)) {
    EXPECT_THAT(request["target"].get<std::string>(), Not(HasSubstr("/users"))) << "nobody is read";
  }
}

TEST_F(DoctorCommand, NamesGroupsThatAreNotThereOnceOrCannotBeLicensed) {
  Start();
  GrantTo("No Such Team");
  ExpectFailure(65, "FAIL  contoso groups: `No Such Team`: no group has this name — correct");
  AddGroup("Twins", true);
  AddGroup("Twins", true);
  GrantTo("Copilot Pilot, Twins");
  ExpectFailure(65, "FAIL  contoso groups: `Twins`: 2 groups have this name: ");
  AddGroup("Newsletter", false);
  GrantTo("Newsletter");
  EXPECT_EQ(Seatkeeper({"doctor"}).exit_code, 0) << "its members can be selected";
  GrantTo("Newsletter", "  delivery: group\n");
  ExpectFailure(65, "FAIL  contoso groups: `Newsletter` is not security-enabled");
}

TEST_F(DoctorCommand, WarnsOfSeatsThatAreAboutToGo) {
  Start();
  auto state = State();
  for (auto& product : state["subscribedSkus"]) {
    if (product["skuId"] != kVisio) continue;
    product["prepaidUnits"] = {{"enabled", 10}, {"warning", 4}, {"suspended", 2}, {"lockedOut", 0}};
  }
  for (auto& subscription : state["subscriptions"]) {
    if (subscription["skuId"] != kVisio) continue;
    subscription["status"] = "Warning";
    subscription["nextLifecycleDateTime"] = "2030-02-03T00:00:00Z";
  }
  PutState(state);
  const auto done = Seatkeeper({"doctor"});
  EXPECT_EQ(done.exit_code, 0) << done.out;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("warn  contoso subscriptions: 4 seats of VISIOCLIENT in grace"),
                    HasSubstr("until 2030-02-03 — renew"),
                    HasSubstr("warn  contoso subscriptions: 2 seats of VISIOCLIENT suspended")));
  EXPECT_THAT(done.out, HasSubstr("of FLOW_FREE look like self-service, bought by "));
}

TEST_F(DoctorCommand, AsksOfEachApplicationWhatItIsUsedFor) {
  Start();
  const std::string reader = "33333333-3333-3333-3333-333333333333";
  const auto applications = [&](const json& reading, const json& changing) {
    SetApplications(
        json::array({{{"clientId", reader}, {"secret", "read secret"}, {"roles", reading}},
                     {{"clientId", "22222222-2222-2222-2222-222222222222"},
                      {"secret", "simulated-secret"},
                      {"roles", changing}}}));
  };
  WriteFile(folder() / "read-secret", "read secret");
  WriteConfig(fmt::format(
      "    mode: enforce\n    auditLog: 7d\n    readAuth: {{clientId: {}, clientSecretFile: "
      "read-secret}}\n",
      reader));
  applications(json::array({"User.Read.All", "LicenseAssignment.Read.All", "Organization.Read.All",
                            "AuditLog.Read.All", "GroupMember.Read.All"}),
               json::array({"LicenseAssignment.ReadWrite.All"}));
  const auto sound = Seatkeeper({"doctor"});
  EXPECT_EQ(sound.exit_code, 0) << sound.out;
  EXPECT_THAT(sound.out, HasSubstr("ok    contoso changing permissions: "));
  EXPECT_THAT(sound.out, HasSubstr("ok    contoso changing quota: "));

  GrantTo("Copilot Pilot", "  delivery: group\n");
  applications(json::array({"User.Read.All", "LicenseAssignment.Read.All", "GroupMember.Read.All"}),
               json::array({"User.ReadWrite.All"}));
  const auto lacking = Seatkeeper({"doctor"});
  EXPECT_EQ(lacking.exit_code, 77) << lacking.out;
  EXPECT_THAT(lacking.out,
              AllOf(HasSubstr("warn  contoso permissions: Organization.Read.All is missing"),
                    HasSubstr("warn  contoso permissions: AuditLog.Read.All is missing"),
                    HasSubstr("warn  contoso self-service: not known"),
                    HasSubstr("FAIL  contoso changing permissions: LicenseAssignment.ReadWrite.All "
                              "is missing, for licensing groups")));
}

TEST_F(DoctorCommand, SaysWhatTheServiceRefusesAlthoughItsPermissionIsThere) {
  Start();
  SetFaults(json::parse(R"([{"match": {"path": "subscribedSkus"},
      "fault": {"kind": "status", "status": 403, "message": "Not from there."}}])"));
  ExpectFailure(77, "FAIL  contoso contents: Reading products: Not from there.");
  SetFaults(json::parse(R"([{"match": {"path": "organization"},
      "fault": {"kind": "status", "status": 501, "message": "Not now."}}])"));
  ExpectFailure(69, "FAIL  contoso service: Reading the organisation: Not now.");
}

TEST_F(DoctorCommand, LooksAtWhomTheDaemonTellsAndSendsNothing) {
  Start();
  const Listener listener;
  WriteFile(folder() / "hook", fmt::format("http://127.0.0.1:{}/hidden\n", listener.port()));
  WriteFile(folder() / "key", "shared key\n");
  const std::string tickets =
      "  - {name: tickets, type: webhook, urlFile: hook, secretFile: key}\n";
  WriteConfig("    mode: enforce\nnotify:\n" + tickets);
  const auto sound = Seatkeeper({"doctor"});
  EXPECT_EQ(sound.exit_code, 0) << sound.out << sound.err;
  EXPECT_THAT(
      sound.out,
      HasSubstr(
          "ok    notify tickets: the address and the secret can be used; nothing was sent\n"));

  WriteFile(folder() / "slack", "http://hooks.example/hidden");
  WriteFile(folder() / "ca.pem", "no certificate\n");
  WriteConfig("    mode: enforce\nnotify:\n" + tickets +
              "  - {type: slack, urlFile: slack, caFile: ca.pem}\n"
              "  - {type: teams, urlFile: nowhere}\n");
  const auto done = Seatkeeper({"doctor"});
  EXPECT_EQ(done.exit_code, 65) << done.out << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("ok    notify tickets: "),
                              HasSubstr("FAIL  notify slack-2: the address is not one of https"),
                              HasSubstr("FAIL  notify slack-2: "), HasSubstr("ca.pem holds no"),
                              HasSubstr("FAIL  notify teams-3: cannot read "),
                              HasSubstr("ok    contoso service: ")));
  EXPECT_THAT(done.out + done.err + sound.out, Not(HasSubstr("hidden"))) << "addresses are secrets";
  EXPECT_FALSE(listener.WasCalled());
}

}  // namespace
}  // namespace seatkeeper::test
