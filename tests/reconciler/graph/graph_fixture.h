#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/graph/token_source.h"
#include "reconciler/http/inline_workers.h"
#include "reconciler/seams/observer.h"
#include "tests/support/fake_transport.h"

namespace seatkeeper::test {

inline constexpr char kTenant[] = "11111111-1111-1111-1111-111111111111";

/// A GUID made of one number, for ids in tests.
inline std::string Guid(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

inline std::string Base64Url(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    buffer = buffer << 8U | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += kAlphabet[buffer >> static_cast<unsigned>(bits) & 63U];
    }
  }
  if (bits > 0) out += kAlphabet[buffer << static_cast<unsigned>(6 - bits) & 63U];
  return out;
}

inline std::string Jwt(const std::string& claims) {
  return Base64Url(R"({"alg":"none"})") + "." + Base64Url(claims) + ".sig";
}

/// A token of a tenant; `mark` tells tokens apart.
inline std::string TokenFor(std::string_view tenant, int mark = 1) {
  return Jwt(R"({"tid":")" + std::string(tenant) + R"(","roles":["User.Read.All"],"n":)" +
             std::to_string(mark) + "}");
}

inline HttpOutcome TokenAnswer(const std::string& token, int expires_in = 3600) {
  return Answer(200, R"({"token_type":"Bearer","expires_in":)" + std::to_string(expires_in) +
                         R"(,"access_token":")" + token + R"("})");
}

class RecordingObserver final : public Observer {
 public:
  void OnRequest(const Request& request) override {
    calls.push_back(std::string(request.call) + " " + std::to_string(request.status));
  }
  std::vector<std::string> calls;
};

class GraphTest : public ::testing::Test {
 protected:
  /// Every sign-in succeeds, with a new token each time.
  void SignInWorks() {
    transport_.On("/oauth2/v2.0/token", [this](const HttpRequest&) {
      return TokenAnswer(TokenFor(kTenant, ++tokens_issued_));
    });
  }
  TokenSource::Dependencies Dependencies() {
    return {transport_, clock_, timers_, random_, observer_};
  }
  static TokenSettings Settings() {
    return {.tenant = "contoso",
            .target = {.tenant_id = kTenant,
                       .client_id = "app id",
                       .login_base = "https://login.test",
                       .scope = "https://graph.microsoft.com/.default"},
            .credential = std::make_shared<SecretCredential>(Secret("s&cret"))};
  }

  FakeClock clock_;
  FakeTimers timers_{clock_};
  FakeTransport transport_{clock_, timers_};
  FixedRandom random_;
  RecordingObserver observer_;
  InlineWorkers workers_{timers_};
  int tokens_issued_ = 0;
};

}  // namespace seatkeeper::test
