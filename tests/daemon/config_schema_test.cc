#include "daemon/config_schema.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

namespace seatkeeper {
namespace {

// What JSON Schema makes of a format: its pattern and those of the formats asked after it.
bool Matches(const schema::Format* format, const std::string& text) {
  for (; format != nullptr; format = format->also) {
    if (!std::regex_search(text, std::regex(std::string(format->pattern)))) return false;
  }
  return true;
}

bool Accepts(const schema::Format* format, const std::string& text) {
  for (; format != nullptr; format = format->also) {
    if (!format->accepts(text)) return false;
  }
  return true;
}

struct Row {
  std::string text;
  bool right;
};

void CheckFormat(const schema::Format& format, const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    EXPECT_EQ(Accepts(&format, row.text), row.right) << row.text;
    EXPECT_EQ(Matches(&format, row.text), row.right) << row.text;
  }
}

TEST(ConfigSchema, TenantNames) {
  CheckFormat(kTenantName, {{"contoso", true},
                            {"allied", true},
                            {"a.b_c-D9", true},
                            {"", false},
                            {"all", false},
                            {"ALL", false},
                            {"con toso", false},
                            {std::string(63, 'x'), true},
                            {std::string(64, 'x'), false}});
}

TEST(ConfigSchema, BaseAddresses) {
  CheckFormat(kBaseAddress, {{"https://graph.microsoft.com", true},
                             {"https://graph.microsoft.com/", true},
                             {"HTTPS://Graph.Example:443", true},
                             {"https://[2001:db8::1]:8443", true},
                             {"http://127.0.0.1:8080", true},
                             {"http://127.255.0.9", true},
                             {"http://localhost/", true},
                             {"http://LOCALHOST:1", true},
                             {"http://[::1]", true},
                             {"http://[0:0:0:0:0:0:0:1]:80", true},
                             {"https://x:00080", true},
                             {"https://x:65535", true},
                             {"https://x:65536", false},
                             {"https://x:", false},
                             {"https://x:-1", false},
                             {"https://", false},
                             {"https://:80", false},
                             {"https://x/v1.0", false},
                             {"https://x?y", false},
                             {"https://user@x", false},
                             {"ftp://x", false},
                             {"graph.example", false},
                             {"http://graph.example", false},
                             {"http://128.0.0.1", false},
                             {"http://127.0.0.256", false},
                             {"http://127.0.0.1.example", false},
                             {"http://localhost.example", false},
                             {"http://[::2]", false}});
}

TEST(ConfigSchema, ListenAddresses) {
  CheckFormat(kListenAddress, {{"127.0.0.1:9464", true},
                               {"localhost:0", true},
                               {"[::1]:9464", true},
                               {"9464", false},
                               {":9464", false},
                               {"127.0.0.1", false},
                               {"127.0.0.1:", false},
                               {"127.0.0.1:65536", false},
                               {"0.0.0.0:9464", true},
                               {"[::]:9464", true},
                               {"seatkeeper.example:9464", true}});
}

}  // namespace
}  // namespace seatkeeper
