#include "daemon/logging.h"

#include <gmock/gmock.h>

#include <sstream>

#include "daemon/json_object.h"
#include "daemon/log_observer.h"

namespace seatkeeper {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

TEST(Logging, TextIsOneLineWithKeys) {
  std::ostringstream out;
  Log log(out, LogLevel::kInfo, LogFormat::kText);
  log.Info("cycle finished", {{"tenant", "contoso"}, {"detail", "two words"}, {"accepted", 3}});
  EXPECT_THAT(out.str(),
              MatchesRegex("....-..-..T..:..:..\\....Z info cycle finished tenant=contoso "
                           "detail=\"two words\" accepted=3\n"));
}

TEST(Logging, JsonIsOneObjectALine) {
  std::ostringstream out;
  Log log(out, LogLevel::kInfo, LogFormat::kJson);
  log.Warn("odd", {{"tenant", "a\"b{}"}, {"count", 3}});
  EXPECT_THAT(out.str(), MatchesRegex("\\{\"time\":\"....-..-..T..:..:..\\....Z\",\"level\":"
                                      "\"warning\",.*\n"));
  EXPECT_THAT(out.str(), EndsWith(R"("message":"odd","tenant":"a\"b{}","count":3})"
                                  "\n"));
}

TEST(Logging, NothingCanStartALineOfItsOwn) {
  std::ostringstream out;
  Log log(out, LogLevel::kInfo, LogFormat::kText);
  log.Info("user", {{"name", "eve\n2026 info forged"}});
  EXPECT_THAT(out.str(), HasSubstr(R"("eve\n2026 info forged")"));
}

TEST(Logging, LevelsBelowAreLeftOut) {
  std::ostringstream out;
  Log log(out, LogLevel::kWarning, LogFormat::kText);
  log.Info("quiet");
  EXPECT_EQ(out.str(), "");
  log.Error("loud");
  EXPECT_THAT(out.str(), HasSubstr("error loud"));
  EXPECT_EQ(ParseLogLevel("verbose"), std::nullopt);
}

TEST(LogObserver, NamesUsersOnlyWithChangesThatWereMade) {
  std::ostringstream out;
  Log log(out, LogLevel::kTrace, LogFormat::kText);
  LogObserver observer(log);
  Observer::Outcome outcome{.tenant = "contoso",
                            .change_id = "c1",
                            .subject_name = "ada@contoso.com",
                            .state = "refused",
                            .message = "no seats"};
  observer.OnOutcome(outcome);
  EXPECT_THAT(out.str(), Not(HasSubstr("ada")));
  EXPECT_THAT(out.str(), HasSubstr("warning change not made tenant=contoso change=c1"));
  outcome.state = "accepted";
  observer.OnOutcome(outcome);
  EXPECT_THAT(out.str(), HasSubstr("info change made tenant=contoso change=c1 user=ada"));
  outcome.subject_name = "Engineers";
  outcome.is_group = true;
  observer.OnOutcome(outcome);
  EXPECT_THAT(out.str(), HasSubstr("change=c1 group=Engineers"));
}

TEST(LogObserver, SaysWhenACircuitOpensAndCloses) {
  std::ostringstream out;
  Log log(out, LogLevel::kInfo, LogFormat::kText);
  LogObserver observer(log);
  observer.OnCircuit({.tenant = "contoso",
                      .open = true,
                      .reason = "5 requests in a row failed",
                      .pause = std::chrono::minutes(1)});
  EXPECT_THAT(out.str(), HasSubstr("error circuit breaker opened: changes are not sent "
                                   "tenant=contoso detail=\"5 requests in a row failed\" "
                                   "pauseMilliseconds=60000"));
  observer.OnCircuit({.tenant = "contoso", .open = false, .reason = ""});
  EXPECT_THAT(out.str(), HasSubstr("info circuit breaker closed tenant=contoso"));
}

TEST(JsonObject, EscapesWhatItMust) {
  EXPECT_EQ(JsonString("a\"\\\n\x01"), R"("a\"\\\n\u0001")");
  EXPECT_EQ(JsonString("\xC3\xA9"), "\"\xC3\xA9\"");
  EXPECT_EQ(JsonString("\xFFx"), "\"\xEF\xBF\xBDx\"") << "what is not UTF-8 is replaced";
  EXPECT_EQ(JsonObject().Text("a", "b").Number("n", -1).Boolean("t", true).Finish(),
            R"({"a":"b","n":-1,"t":true})");
}

}  // namespace
}  // namespace seatkeeper
