// A service, or somebody in its place, that points to another host: no token and no secret goes
// there, and the person who looks is told.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/tls_fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Elsewhere : public TlsEndToEnd {
 protected:
  /// The other host: trusted, and so obliging that whoever follows finds the same tenant there.
  Elsewhere() : other_(front_.AddSite(Signed())) {}

  int Add(const std::string& location, const std::string& instead) {
    return front_.AddSite(Signed(), fmt::format("location {} {{ {} }}", location, instead));
  }
  std::string RedirectTo(int status) const {
    return fmt::format("return {} {}$request_uri;", status, At(other_));
  }
  /// The place itself was asked with a token, or with a secret, and the other one not at all.
  void ExpectAskedOnlyAt(int site) const {
    bool authorised = false;
    for (const auto& request : FrontRequests()) {
      EXPECT_NE(request["site"], std::to_string(other_)) << request;
      EXPECT_NE(request["status"], "400") << "without TLS: " << request;
      authorised |= request["site"] == std::to_string(site) &&
                    request["authorization"].get<std::string>().starts_with("Bearer ");
    }
    EXPECT_TRUE(authorised);
  }

  int other_;
};

TEST_F(Elsewhere, ARedirectedListingIsNotFollowed) {
  std::vector<int> sites;
  for (const int status : {301, 302, 303, 307, 308}) {
    sites.push_back(Add("= /v1.0/users", RedirectTo(status)));
  }
  StartBehindFront({"--users", "20"});
  for (const int site : sites) {
    UseEndpoints(At(site));
    const auto done = Seatkeeper({"plan"});
    EXPECT_EQ(done.exit_code, 69) << done.err;
    EXPECT_THAT(done.err,
                AllOf(HasSubstr("Reading users: the answer is a redirect to " + At(other_)),
                      HasSubstr("check endpoints")));
    ExpectAskedOnlyAt(site);
  }
}

TEST_F(Elsewhere, ARedirectedSignInIsNotFollowed) {
  const int site = Add("~ /oauth2/", RedirectTo(307));
  StartBehindFront({"--users", "20"});
  UseEndpoints(At(site));
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 69) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("Signing in at " + At(site)),
                              HasSubstr("a redirect to " + At(other_))));
  const auto asked = front_.Requests();
  ASSERT_EQ(asked.size(), 1U) << "and not tried again";
  EXPECT_EQ(asked[0]["site"], std::to_string(site));
}

TEST_F(Elsewhere, RedirectedChangesAreNotMadeThere) {
  const int site = Add("= /v1.0/$batch", RedirectTo(307));
  StartBehindFront({"--users", "100"});
  UseEndpoints(At(site));
  const auto done = Seatkeeper({"apply", "--yes"});
  EXPECT_NE(done.exit_code, 0);
  EXPECT_THAT(done.out + done.err, HasSubstr("a redirect to " + At(other_)));
  EXPECT_EQ(EffectiveWrites(), 0);
  ExpectAskedOnlyAt(site);
}

TEST_F(Elsewhere, ANextPageOnAnotherHostIsNotFetched) {
  const int site = Add("= /v1.0/users", fmt::format("proxy_pass http://tenant; sub_filter "
                                                    R"('"@odata.nextLink":"http://$http_host/' )"
                                                    R"('"@odata.nextLink":"{}/';)",
                                                    At(other_)));
  StartBehindFront({"--users", "1100"});
  UseEndpoints(At(site));
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 69) << done.err;
  EXPECT_THAT(done.err, HasSubstr(fmt::format("Reading users, page 2: the service points to "
                                              "another host ({})",
                                              At(other_))));
  ExpectAskedOnlyAt(site);
}

TEST_F(Elsewhere, ANextPageWithoutTlsIsNotFetched) {
  const int site = Add("= /v1.0/users", "proxy_pass http://tenant;");
  StartBehindFront({"--users", "1100"});
  UseEndpoints(At(site));
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 69) << done.err;
  EXPECT_THAT(done.err, HasSubstr(fmt::format("another host (http://127.0.0.1:{})", site)));
  ExpectAskedOnlyAt(site);
}

}  // namespace
}  // namespace seatkeeper::test
