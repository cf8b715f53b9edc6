#include "reconciler/graph/throttle_signs.h"

#include <gtest/gtest.h>

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using Whose = ThrottleSigns::Whose;
using What = ThrottleSigns::What;

constexpr WallTime kNow{milliseconds(1'767'600'000'000)};

ThrottleSigns Read(int status, HttpHeaders headers) {
  return ReadThrottleSigns(HttpResponse{status, std::move(headers), ""}, kNow);
}

TEST(ThrottleSigns, OfAnAnswerThatPassed) {
  const auto signs = Read(200, {{"X-MS-Resource-Unit", "3"},
                                {"x-ms-throttle-limit-percentage", "0.85"},
                                {"Retry-After", "9"}});
  EXPECT_EQ(signs.units, 3);
  EXPECT_EQ(signs.used, 0.85);
  EXPECT_EQ(signs.throttled, 0);
  EXPECT_FALSE(signs.retry_after);
}

TEST(ThrottleSigns, OfAThrottledOne) {
  const auto signs = Read(429, {{"Retry-After", "2.128"},
                                {"x-ms-throttle-limit-percentage", "1.2"},
                                {"x-ms-throttle-scope", "Tenant_Application/Write/app/tenant"}});
  EXPECT_EQ(signs.throttled, 1);
  EXPECT_EQ(signs.retry_after, milliseconds(2'128));
  EXPECT_EQ(signs.used, 1.2);
  EXPECT_EQ(signs.whose, Whose::kPair);
  EXPECT_EQ(signs.what, What::kWrites);
}

TEST(ThrottleSigns, Scopes) {
  const auto scope = [](const std::string& text) {
    const auto signs = Read(429, {{"x-ms-throttle-scope", text}});
    return std::pair(signs.whose, signs.what);
  };
  EXPECT_EQ(scope("Tenant/Write/app/tenant"), std::pair(Whose::kTenant, What::kWrites));
  EXPECT_EQ(scope("Application/ReadWrite/app/tenant"),
            std::pair(Whose::kApplication, What::kUnits));
  EXPECT_EQ(scope("Tenant_Application/Read/a/b"), std::pair(Whose::kPair, What::kUnits));
  EXPECT_EQ(scope("Tenant"), std::pair(Whose::kTenant, What::kUnknown));
  EXPECT_EQ(scope(""), std::pair(Whose::kPair, What::kUnknown));
  EXPECT_EQ(scope("/"), std::pair(Whose::kPair, What::kUnknown));
  EXPECT_EQ(scope("Galaxy/Everything"), std::pair(Whose::kPair, What::kUnknown));
}

TEST(ThrottleSigns, HeadersThatMakeNoSenseSayNothing) {
  for (const char* text : {"", "x", "-1", "1e3", "1e400", "99999999999", "0.9 ", "nan"}) {
    const auto signs =
        Read(200, {{"x-ms-resource-unit", text}, {"x-ms-throttle-limit-percentage", text}});
    EXPECT_FALSE(signs.units) << text;
    EXPECT_FALSE(signs.used) << text;
  }
}

TEST(ThrottleSigns, OfABatchTheWorst) {
  std::vector<BatchAnswer> answers(5);
  answers[0].response = {200, {{"x-ms-resource-unit", "1"}}, ""};
  answers[1].response = {
      429, {{"Retry-After", "4.5"}, {"x-ms-throttle-scope", "Tenant/Write/a/b"}}, ""};
  answers[2].response = {
      429, {{"Retry-After", "3"}, {"x-ms-throttle-scope", "Tenant/Write/a/b"}}, ""};
  answers[3].response = {
      200, {{"x-ms-resource-unit", "4"}, {"x-ms-throttle-limit-percentage", "0.9"}}, ""};
  answers[4].response.status = 0;  // Left out by the service.
  const auto signs = ReadThrottleSigns(answers, kNow);
  EXPECT_EQ(signs.throttled, 2);
  EXPECT_EQ(signs.retry_after, milliseconds(4'500));
  EXPECT_EQ(signs.whose, Whose::kTenant);
  EXPECT_EQ(signs.used, 0.9);
  EXPECT_EQ(signs.units, 5);
}

}  // namespace
}  // namespace seatkeeper::test
