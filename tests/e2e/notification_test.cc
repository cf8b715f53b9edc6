// The daemon tells a webhook, a Slack and a Teams of this test what happens.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <httplib.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct Received {
  std::string path;
  std::string body;
  std::string timestamp;
  std::string signature;
};

/// Takes messages; answers the first to each path as a service in trouble.
class Receiver {
 public:
  Receiver() {
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const bool first = ++attempts_[request.path] == 1;
      response.status = first ? 503 : 200;
      if (first) return;
      received_.push_back({.path = request.path,
                           .body = request.body,
                           .timestamp = request.get_header_value("X-Seatkeeper-Timestamp"),
                           .signature = request.get_header_value("X-Seatkeeper-Signature")});
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }

  std::string Address(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  std::vector<Received> To(const std::string& path) {
    const std::lock_guard lock(mutex_);
    std::vector<Received> some;
    std::ranges::copy_if(received_, std::back_inserter(some),
                         [&](const Received& each) { return each.path == path; });
    return some;
  }

 private:
  httplib::Server server_;
  std::mutex mutex_;
  std::map<std::string, int> attempts_;  // Guarded by mutex_, as the next.
  std::vector<Received> received_;
  int port_ = 0;
  std::thread thread_;
};

constexpr const char* kPolicies = R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -eq "Engineering"
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: {seats: 1000, percent: 100}}
)";

class Notifications : public EndToEnd {
 protected:
  // On a new store removals are held, and what is given goes.
  void Start() {
    StartTenant({"--users", "120", "--seed", "4"});
    WriteFile(folder() / "hook", receiver_.Address("/hook") + "\n");
    WriteFile(folder() / "key", "shared key\n");
    WriteFile(folder() / "slack", receiver_.Address("/slack") + "\n");
    WriteFile(folder() / "teams", receiver_.Address("/teams") + "\n");
    WriteConfig(
        "    mode: enforce\n    interval: 1s\n"
        "notify:\n"
        "  - {type: webhook, urlFile: hook, secretFile: key}\n"
        "  - {type: slack, urlFile: slack, events: [held]}\n"
        "  - {type: teams, urlFile: teams, events: [applied]}\n");
    WritePolicy("policies.yaml", kPolicies);
    StartDaemon();
  }

  std::vector<json> News() {
    std::vector<json> news;
    for (const auto& each : receiver_.To("/hook")) news.push_back(json::parse(each.body));
    return news;
  }
  bool Tells(const std::string& event) {
    const auto news = News();
    return std::ranges::any_of(news, [&](const json& each) {
      const auto& events = each["events"];
      return std::find(events.begin(), events.end(), event) != events.end();
    });
  }
  bool Await(const std::function<bool()>& what) const {
    return PollUntil(what, std::chrono::seconds(60));
  }
  double Sent(const std::string& result) const {
    const auto value =
        Metric("seatkeeper_notifications_total{result=\"" + result + "\",type=\"webhook\"}");
    return value.empty() ? -1 : std::stod(value);
  }

  Receiver receiver_;
};

TEST_F(Notifications, TellWhatIsHeldAndAppliedOnceAndWithoutNames) {
  Start();
  ASSERT_TRUE(Await([&] { return Tells("held") && Tells("applied"); }))
      << ReadFile(folder() / "daemon.err");
  ASSERT_TRUE(
      Await([&] { return !receiver_.To("/slack").empty() && !receiver_.To("/teams").empty(); }));
  const auto slack = json::parse(receiver_.To("/slack")[0].body);
  EXPECT_THAT(slack["text"].get<std::string>(), HasSubstr("contoso: "));
  EXPECT_THAT(slack["blocks"][1]["text"]["text"].get<std::string>(), HasSubstr("Held: "));
  const auto teams = json::parse(receiver_.To("/teams")[0].body);
  EXPECT_THAT(teams["attachments"][0]["content"].dump(), HasSubstr("Applied: "));

  // A few cycles later nothing that stands was told twice.
  const auto cycles = [&] {
    const auto value = Metric("seatkeeper_cycles_total{result=\"held\"");
    return value.empty() ? 0.0 : std::stod(value);
  };
  const double now = cycles();
  ASSERT_TRUE(Await([&] { return cycles() >= now + 3; }));
  std::set<std::string> digests;
  for (const auto& news : News()) {
    EXPECT_EQ(news["tenant"], "contoso");
    if (news.contains("held")) {
      EXPECT_TRUE(digests.insert(news["held"]["digest"]).second) << "told twice: " << news;
    }
  }
  for (const auto* path : {"/hook", "/slack", "/teams"}) {
    for (const auto& each : receiver_.To(path)) {
      EXPECT_THAT(each.body, Not(HasSubstr("@"))) << "a user's name";
      EXPECT_EQ(each.signature.empty(), path != std::string("/hook"));
    }
  }
  EXPECT_GE(Sent("sent"), 1);
  EXPECT_EQ(Sent("dropped"), 0);
  const auto log = ReadFile(folder() / "daemon.err");
  EXPECT_THAT(log, HasSubstr("notification sent"));
  EXPECT_THAT(log, Not(HasSubstr(receiver_.Address(""))));
  EXPECT_THAT(Metrics(), Not(HasSubstr("/hook")));
  daemon().Signal(SIGTERM);
  EXPECT_EQ(daemon().Wait(), 0);
}

TEST_F(Notifications, AreProvenAsTheReadmeSays) {
  Start();
  ASSERT_TRUE(Await([&] { return !receiver_.To("/hook").empty(); }));
  const auto message = receiver_.To("/hook")[0];
  const auto readme = ReadFile(std::filesystem::path(SOURCE_DIR) / "README.md");
  const std::string open = "```bash\nexpected=";
  const auto begin = readme.find(open);
  ASSERT_NE(begin, std::string::npos);
  const auto script = readme.substr(begin + 8, readme.find("```", begin + 8) - begin - 8);
  const auto judge = [&](const std::string& body) {
    WriteFile(folder() / "body.json", body);
    return RunProgram({"/bin/bash", "-c", script}, {.folder = folder(),
                                                    .extra = {{"timestamp", message.timestamp},
                                                              {"signature", message.signature},
                                                              {"key", "shared key"}}})
        .out;
  };
  EXPECT_EQ(judge(message.body), "genuine\n");
  EXPECT_EQ(judge(message.body + " "), "");
}

TEST_F(Notifications, TellThatThePolicyDoesNotLoad) {
  Start();
  ASSERT_TRUE(Await([&] { return Tells("held"); }));
  WritePolicy("policies.yaml", "apiVersion: seatkeeper/v1\nkind: LicensePolcy\n");
  ASSERT_TRUE(Await([&] { return Tells("policy-error"); })) << ReadFile(folder() / "daemon.err");
  const auto all = News();
  const auto found =
      std::ranges::find_if(all, [](const json& each) { return each.contains("policyError"); });
  EXPECT_EQ((*found)["tenant"], nullptr);
  EXPECT_GE((*found)["policyError"]["errors"], 1);
  EXPECT_THAT((*found)["policyError"]["findings"][0]["at"].get<std::string>(),
              HasSubstr("policies.yaml:2:7"));
}

}  // namespace
}  // namespace seatkeeper::test
