#include "daemon/service.h"

#include <gmock/gmock.h>
#include <httplib.h>
#include <signal.h>

#include <filesystem>
#include <memory>

#include "tests/daemon/daemon_support.h"
#include "tests/support/poll.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSnapshot =
    R"({"apiVersion": "seatkeeper/v1", "kind": "Snapshot", "readAt": "2026-01-05T08:00:00Z",
        "users": [], "subscribedSkus": [
         {"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "skuPartNumber": "SPE_E3",
          "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": 0,
          "prepaidUnits": {"enabled": 5}, "servicePlans": []}]})";

// The daemon as a process, with tenants that are snapshots: no network but its own listener.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    test::Put(folder_.path() / "tenant.json", kSnapshot);
    std::filesystem::create_directories(folder_.path() / "policies");
  }

  void UseTenants(const std::string& entries) {
    test::Put(folder_.path() / "seatkeeper.yaml",
              "apiVersion: seatkeeper/v1\nkind: Config\nserver: {listen: \"127.0.0.1:0\"}\n"
              "tenants:\n" +
                  entries);
  }
  void UsePolicy() {
    test::Put(
        folder_.path() / "policies/p.yaml",
        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
        "metadata: {name: a, tenants: [all]}\nspec:\n"
        "  subjects: {rule: user.accountEnabled -eq true}\n  licenses: [{product: SPE_E3}]\n");
  }
  void Start() {
    process_ = std::make_unique<test::Process>(
        std::vector<std::string>{SEATKEEPER, "run", "--port-file", "port"}, folder_.path() / "out",
        folder_.path() / "err", test::ProcessOptions{.folder = folder_.path(), .extra = {}});
    ASSERT_TRUE(test::PollUntil([&] { return !test::ReadFile(folder_.path() / "port").empty(); }))
        << LogText();
    port_ = std::stoi(test::ReadFile(folder_.path() / "port"));
  }
  std::string LogText() const { return test::ReadFile(folder_.path() / "err"); }
  int StatusOf(const std::string& path) const {
    const auto answer = httplib::Client("127.0.0.1", port_).Get(path.c_str());
    return answer ? answer->status : 0;
  }
  std::string BodyOf(const std::string& path) const {
    const auto answer = httplib::Client("127.0.0.1", port_).Get(path.c_str());
    return answer ? answer->body : "";
  }
  bool AwaitText(const std::string& path, const std::string& text) const {
    return test::PollUntil([&] { return BodyOf(path).find(text) != std::string::npos; });
  }
  bool AwaitNoText(const std::string& path, const std::string& text) const {
    return test::PollUntil([&] {
      const auto body = BodyOf(path);
      return !body.empty() && body.find(text) == std::string::npos;
    });
  }
  int Terminate() {
    process_->Signal(SIGTERM);
    return process_->Wait();
  }

  test::TempFolder folder_;
  std::unique_ptr<test::Process> process_;
  int port_ = 0;
};

constexpr const char* kContoso = "  - {name: contoso, provider: file, path: tenant.json}\n";

TEST_F(ServiceTest, IsReadyOnceThereIsAPolicy) {
  UseTenants(kContoso);
  Start();
  EXPECT_EQ(StatusOf("/healthz"), 200);
  EXPECT_EQ(StatusOf("/readyz"), 503);
  EXPECT_THAT(BodyOf("/readyz"), HasSubstr("policy: not loaded"));
  UsePolicy();
  process_->Signal(SIGHUP);
  EXPECT_TRUE(AwaitText("/readyz", "tenant contoso: ok at ")) << LogText();
  EXPECT_EQ(StatusOf("/readyz"), 200);
  EXPECT_EQ(Terminate(), 0) << LogText();
}

TEST_F(ServiceTest, ATenantsTroubleLeavesTheOthersAlone) {
  UseTenants(std::string(kContoso) + "  - {name: broken, provider: file, path: missing.json}\n");
  UsePolicy();
  Start();
  EXPECT_TRUE(AwaitText("/readyz", "tenant contoso: ok")) << LogText();
  EXPECT_TRUE(AwaitText("/readyz", "tenant broken: failed")) << LogText();
  EXPECT_EQ(StatusOf("/readyz"), 200);
  EXPECT_THAT(LogText(), HasSubstr("missing.json"));
  EXPECT_EQ(Terminate(), 0);
}

TEST_F(ServiceTest, TenantsComeAndGoWithTheConfig) {
  UseTenants(kContoso);
  UsePolicy();
  Start();
  ASSERT_TRUE(AwaitText("/metrics", "tenant=\"contoso\"")) << LogText();
  UseTenants("  - {name: fabrikam, provider: file, path: tenant.json}\n");
  process_->Signal(SIGHUP);
  EXPECT_TRUE(AwaitText("/readyz", "tenant fabrikam: ok")) << LogText();
  // It goes when its cycle has ended, which may be later.
  EXPECT_TRUE(AwaitNoText("/readyz", "contoso")) << LogText();
  EXPECT_THAT(BodyOf("/metrics"), Not(HasSubstr("contoso")));
  EXPECT_EQ(Terminate(), 0);
}

TEST_F(ServiceTest, AChangedTenantIsTakenOver) {
  UseTenants("  - {name: contoso, provider: file, path: missing.json}\n");
  UsePolicy();
  Start();
  ASSERT_TRUE(AwaitText("/readyz", "tenant contoso: failed")) << LogText();
  UseTenants(kContoso);
  process_->Signal(SIGHUP);
  EXPECT_TRUE(AwaitText("/readyz", "tenant contoso: ok")) << LogText();
}

TEST_F(ServiceTest, ABadConfigKeepsTheOldOne) {
  UseTenants(kContoso);
  UsePolicy();
  Start();
  ASSERT_TRUE(AwaitText("/readyz", "tenant contoso: ok")) << LogText();
  UseTenants("  - {name: contoso, provider: nonsense}\n");
  process_->Signal(SIGHUP);
  EXPECT_TRUE(
      test::PollUntil([&] { return LogText().find("the old one holds") != std::string::npos; }));
  EXPECT_THAT(LogText(), HasSubstr("seatkeeper.yaml:5:31"));
  EXPECT_THAT(BodyOf("/readyz"), HasSubstr("tenant contoso: ok"));
  EXPECT_EQ(Terminate(), 0);
}

TEST_F(ServiceTest, APortThatIsTakenEndsIt) {
  UseTenants(kContoso);
  UsePolicy();
  Start();
  auto config = test::ReadFile(folder_.path() / "seatkeeper.yaml");
  config.replace(config.find("127.0.0.1:0"), 11, "127.0.0.1:" + std::to_string(port_));
  test::Put(folder_.path() / "second.yaml", config);
  test::Process second({SEATKEEPER, "run", "--config", "second.yaml"}, folder_.path() / "out2",
                       folder_.path() / "err2", {.folder = folder_.path(), .extra = {}});
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_THAT(test::ReadFile(folder_.path() / "err2"), HasSubstr("cannot listen"));
}

}  // namespace
}  // namespace seatkeeper
