#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "tests/daemon/daemon_support.h"

namespace seatkeeper {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

LoadedConfig Parse(const std::string& notify,
                   const std::map<std::string, std::string>& variables = {}) {
  const std::string text =
      "apiVersion: seatkeeper/v1\nkind: Config\n"
      "tenants: [{name: contoso, provider: file, path: a}, {name: fabrikam, provider: file, path: "
      "b}]\nnotify:\n" +
      notify;
  return ParseConfig({.path = "etc/seatkeeper.yaml", .text = text}, test::Variables(variables));
}

std::vector<std::string> Codes(const LoadedConfig& loaded) {
  std::vector<std::string> codes;
  for (const auto& finding : loaded.diagnostics) codes.push_back(finding.code);
  return codes;
}

TEST(NotifyConfig, SaysWhomToTellWhat) {
  const auto loaded = Parse(
      "  - {name: ops, type: webhook, urlFile: hook, secretFile: /run/key, caFile: ca.pem,\n"
      "     events: [held, policy-error], tenants: [Contoso]}\n"
      "  - {type: slack, urlVariable: SLACK}\n"
      "  - {type: teams, urlFile: /run/teams}\n",
      {{"SLACK", "https://hooks.example/x"}});
  EXPECT_THAT(Codes(loaded), IsEmpty());
  ASSERT_THAT(loaded.config.notify, SizeIs(3));
  const auto& ops = loaded.config.notify[0];
  EXPECT_EQ(ops.name, "ops");
  EXPECT_EQ(ops.type, NotifyType::kWebhook);
  EXPECT_EQ(ops.url_file, "etc/hook");
  EXPECT_EQ(ops.secret_file, "/run/key");
  EXPECT_EQ(ops.ca_file, "etc/ca.pem");
  EXPECT_THAT(ops.kinds, UnorderedElementsAre(NewsKind::kHeld, NewsKind::kPolicyError));
  EXPECT_THAT(ops.tenants, ElementsAre("contoso")) << "as the tenant's entry writes it";
  const auto& slack = loaded.config.notify[1];
  EXPECT_EQ(slack.name, "slack-2");
  EXPECT_EQ(slack.type, NotifyType::kSlack);
  EXPECT_EQ(slack.url.Reveal(), "https://hooks.example/x");
  EXPECT_THAT(slack.kinds, SizeIs(5)) << "everything";
  EXPECT_THAT(slack.tenants, IsEmpty());
  EXPECT_EQ(loaded.config.notify[2].type, NotifyType::kTeams);
  EXPECT_THAT(Parse("  []\n").config.notify, IsEmpty());
}

TEST(NotifyConfig, RefusesWhatIsWrong) {
  const auto codes = [](const std::string& item) { return Codes(Parse("  - " + item + "\n")); };
  EXPECT_THAT(codes("{type: slack}"), ElementsAre("missing-key"));
  EXPECT_THAT(codes("{urlFile: a}"), ElementsAre("missing-key"));
  EXPECT_THAT(codes("{type: mail, urlFile: a}"), ElementsAre("bad-value"));
  EXPECT_THAT(codes("{type: webhook, urlFile: a}"), ElementsAre("missing-key")) << "not signed";
  EXPECT_THAT(codes("{type: slack, urlFile: a, secretFile: b}"), ElementsAre("misplaced-key"));
  EXPECT_THAT(codes("{type: teams, urlFile: a, secretVariable: B}"),
              UnorderedElementsAre("misplaced-key", "missing-key"));
  EXPECT_THAT(codes("{type: slack, urlFile: b, url: \"https://hooks.example/x\"}"),
              ElementsAre("inline-secret"));
  EXPECT_THAT(codes("{type: webhook, urlFile: b, secretFile: c, secret: d}"),
              ElementsAre("inline-secret"));
  EXPECT_THAT(codes("{type: slack, urlVariable: NOWHERE}"), ElementsAre("missing-key"));
  EXPECT_THAT(codes("{type: slack, urlFile: a, events: [all]}"), ElementsAre("bad-value"));
  EXPECT_THAT(codes("{type: slack, urlFile: a, events: []}"), ElementsAre("empty-list"));
  EXPECT_THAT(codes("{type: slack, urlFile: a, tenants: [nobody]}"), ElementsAre("unknown-tenant"));
  EXPECT_THAT(codes("{type: slack, urlFile: a, channel: b}"), ElementsAre("unknown-key"));
  EXPECT_THAT(codes("slack"), SizeIs(1));
  EXPECT_THAT(Codes(Parse("  - {name: A, type: slack, urlFile: a}\n"
                          "  - {name: a, type: teams, urlFile: a}\n")),
              ElementsAre("duplicate-name"));
  EXPECT_THAT(Codes(Parse("  - {type: slack, urlFile: a, urlVariable: PATH}\n", {{"PATH", "x"}})),
              ElementsAre("both-addresses"));
}

}  // namespace
}  // namespace seatkeeper
