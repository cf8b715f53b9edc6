#include "reconciler/graph/aadsts.h"

#include <gmock/gmock.h>

#include <string>

namespace seatkeeper::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(SignInErrors, SayWhatTheyMeanAndWhatMendsThem) {
  struct Row {
    int code;
    const char* meaning;
    const char* mend;
  };
  const Row rows[] = {
      {65001, "consented", "admin consent"},
      {90002, "no tenant with this id", "tenant id"},
      {90094, "consented", "admin consent"},
      {90099, "consented", "admin consent"},
      {700016, "does not exist in this tenant", "client id"},
      {700021, "names another application", "client id"},
      {700023, "another token endpoint", "login endpoint"},
      {700024, "not valid at this time", "clock"},
      {700027, "not registered", "Upload the certificate"},
      {700211, "federated credential", "issuer, subject and audience"},
      {700212, "federated credential", "issuer, subject and audience"},
      {700213, "federated credential", "issuer, subject and audience"},
      {7000112, "disabled", "Enable"},
      {7000215, "secret is wrong", "secret's value"},
      {7000222, "secret has expired", "new secret"},
  };
  for (const auto& row : rows) {
    const auto known = ExplainSignInError(row.code);
    EXPECT_THAT(std::string(known.meaning), HasSubstr(row.meaning)) << row.code;
    EXPECT_THAT(std::string(known.mend), HasSubstr(row.mend)) << row.code;
    EXPECT_FALSE(known.transient) << row.code;
  }
}

TEST(SignInErrors, ThatPassAreTriedAgain) {
  for (const int code : {90006, 90012, 90024, 90033, 90055, 90090}) {
    const auto known = ExplainSignInError(code);
    EXPECT_TRUE(known.transient) << code;
    EXPECT_THAT(std::string(known.meaning), Not(IsEmpty())) << code;
  }
}

TEST(SignInErrors, ThatNobodyKnowsAreNotExplained) {
  EXPECT_THAT(std::string(ExplainSignInError(1234567).meaning), IsEmpty());
  EXPECT_FALSE(ExplainSignInError(0).transient);
}

}  // namespace
}  // namespace seatkeeper::test
