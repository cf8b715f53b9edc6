#include "daemon/notify/target_check.h"

#include <gmock/gmock.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/certificate.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kAddress[] = "https://hooks.example/T0/B0/hidden";

class CheckTargetTest : public testing::Test {
 protected:
  CheckTargetTest() {
    Write("hook", std::string(kAddress) + "\n");
    Write("key", "shared\n");
    Write("ca.pem", test::MakeAuthority("ours").certificate);
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  NotifyTarget Webhook() const {
    return {.name = "tickets",
            .type = NotifyType::kWebhook,
            .url_file = folder_.File("hook"),
            .secret_file = folder_.File("key"),
            .ca_file = folder_.File("ca.pem")};
  }
  /// "FAIL: what — mend" of each line.
  static std::vector<std::string> Lines(const NotifyTarget& target) {
    std::vector<std::string> lines;
    for (const auto& check : CheckTarget(target)) {
      EXPECT_EQ(check.subject, "notify " + target.name);
      const bool ok = check.verdict == Check::Verdict::kOk;
      EXPECT_EQ(check.mend.empty(), ok);
      EXPECT_EQ(check.code, ok ? ExitCode::kOk : ExitCode::kInvalid);
      lines.push_back((ok ? "ok: " : "FAIL: ") + check.what + (ok ? "" : " — " + check.mend));
      EXPECT_THAT(lines.back(), AllOf(Not(HasSubstr("hidden")), Not(HasSubstr("shared"))));
    }
    return lines;
  }

  test::TempFolder folder_;
};

TEST_F(CheckTargetTest, OfASoundOneIsOneLine) {
  EXPECT_THAT(
      Lines(Webhook()),
      ElementsAre("ok: the address, the secret and the caFile can be used; nothing was sent"));
  const NotifyTarget slack{.name = "slack-1", .type = NotifyType::kSlack, .url = Secret(kAddress)};
  EXPECT_THAT(Lines(slack), ElementsAre("ok: the address can be used; nothing was sent"));
}

TEST_F(CheckTargetTest, NamesEveryFileThatIsNotThere) {
  auto target = Webhook();
  target.url_file = folder_.File("a");
  target.secret_file = folder_.File("b");
  target.ca_file = folder_.File("c");
  const auto lines = Lines(target);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], AllOf(HasSubstr("FAIL: cannot read " + folder_.File("a") + ": No such"),
                              HasSubstr(" — put the address there")));
  EXPECT_THAT(lines[1], AllOf(HasSubstr("cannot read " + folder_.File("b")),
                              HasSubstr(" — put what the receiver checks signatures with there")));
  EXPECT_THAT(lines[2], AllOf(HasSubstr("cannot read " + folder_.File("c")),
                              HasSubstr(" — put the authorities' certificates there")));
}

TEST_F(CheckTargetTest, RefusesWhatIsEmpty) {
  Write("hook", "\n");
  Write("key", " \n");
  EXPECT_THAT(Lines(Webhook()),
              ElementsAre(HasSubstr("the address file " + folder_.File("hook") + " is empty"),
                          HasSubstr("the secret file " + folder_.File("key") + " is empty")));
}

TEST_F(CheckTargetTest, RefusesAddressesThatNothingIsSentTo) {
  for (const auto* address : {"http://hooks.example/hidden", "hooks.example/hidden",
                              "ftp://hooks.example/hidden", "https://hooks.example/hidden one"}) {
    Write("hook", address);
    EXPECT_THAT(Lines(Webhook()),
                ElementsAre(AllOf(HasSubstr("FAIL: the address is not one of https"),
                                  HasSubstr(" — write the address that the service gave"))))
        << address;
  }
  Write("hook", "http://127.0.0.1:8080/hidden");
  EXPECT_THAT(Lines(Webhook()), ElementsAre(HasSubstr("ok: "))) << "this machine";
}

TEST_F(CheckTargetTest, RefusesAuthoritiesThatDoNotLoad) {
  const auto sound = test::MakeAuthority("ours").certificate;
  auto broken = sound;
  broken.replace(broken.find('\n') + 1, 8, "AAAAAAAA");
  for (const auto& text : {std::string(), std::string("no certificate\n"), broken}) {
    Write("ca.pem", text);
    EXPECT_THAT(Lines(Webhook()), ElementsAre(HasSubstr("FAIL: " + folder_.File("ca.pem") +
                                                        " holds no certificate in PEM")))
        << text;
  }
  Write("ca.pem", sound + test::MakeAuthority("theirs").certificate);
  EXPECT_THAT(Lines(Webhook()), ElementsAre(HasSubstr("ok: "))) << "two of them";
}

}  // namespace
}  // namespace seatkeeper
