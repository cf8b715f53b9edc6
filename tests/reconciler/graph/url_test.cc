#include "reconciler/graph/url.h"

#include <gtest/gtest.h>

namespace seatkeeper::test {
namespace {

constexpr char kBase[] = "https://graph.microsoft.com";

TEST(SameOrigin, IgnoresCaseDefaultPortsAndPaths) {
  EXPECT_TRUE(SameOrigin("HTTPS://Graph.Microsoft.com:443/v1.0/users?$skiptoken=x", kBase));
  EXPECT_TRUE(SameOrigin("http://127.0.0.1:8080/v1.0", "http://127.0.0.1:8080"));
  EXPECT_TRUE(SameOrigin("http://[::1]:80/x", "http://[::1]"));
}

TEST(SameOrigin, RefusesEveryOtherPlace) {
  for (const char* url :
       {"http://graph.microsoft.com/", "https://graph.microsoft.com:8443/",
        "https://graph.microsoft.com.evil.test/", "https://evil.test/",
        "https://graph.microsoft.com@evil.test/", "https://graph.microsoft.com\\@evil.test/",
        "https://graph.microsoft.com%2eevil.test/", "//graph.microsoft.com/", "", "https://",
        "ftp://graph.microsoft.com/", "/v1.0/users"}) {
    EXPECT_FALSE(SameOrigin(url, kBase)) << url;
  }
}

TEST(ShownOrigin, NamesAPlaceAndNothingElseOfTheUrl) {
  EXPECT_EQ(ShownOrigin("https://Evil.test/v1.0/users?$skiptoken=secret"), "https://evil.test:443");
  EXPECT_EQ(ShownOrigin("/v1.0/users"), "");
  EXPECT_EQ(ShownOrigin("https://user:password@evil.test/"), "");
}

TEST(UrlEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(UrlEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(UrlEncode("a b&c=d'e#\xC3\xA9"), "a%20b%26c%3Dd%27e%23%C3%A9");
}

TEST(ODataLiteral, DoublesQuotes) { EXPECT_EQ(ODataLiteral("O'Neil's"), "'O''Neil''s'"); }

}  // namespace
}  // namespace seatkeeper::test
