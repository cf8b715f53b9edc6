#include <algorithm>

#include "daemon/config_schema.h"
#include "daemon/endpoints.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kMaxNameBytes = 63;

bool IsTenantName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || EqualsIgnoreCase(name, "all")) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  });
}

bool IsBase(std::string_view text) { return ParseBase(text).has_value(); }

bool IsSecureBase(std::string_view text) {
  const auto base = ParseBase(text);
  return base && (base->starts_with("https://") || IsLoopbackHost(HostOf(*base)));
}

bool IsListenAddress(std::string_view text) { return ParseListenAddress(text).has_value(); }

// "localhost", 127.0.0.0/8, or ::1 in its spellings.
constexpr char kSecurePattern[] =
    "^[Hh][Tt][Tt][Pp]([Ss]://|://([Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|"
    "127([.](25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}|"
    "\\[[0:]*:(0{0,3}1|0[.]0[.]0[.]1)\\])(:|/|$))";
constexpr schema::Format kSecureBase{
    .pattern = kSecurePattern,
    .accepts = IsSecureBase,
    .wanted = "an https address, since only loopback hosts are spoken to without TLS",
    .hint = "write https://",
    .code = "insecure-endpoint",
};
}  // namespace

const schema::Format kTenantName{
    .pattern = "^(?![Aa][Ll][Ll]$)[A-Za-z0-9._-]{1,63}$",
    .accepts = IsTenantName,
    .wanted = "a name of a tenant",
    .hint = "up to 63 of the characters a-z A-Z 0-9 . _ - and not `all`",
    .code = "bad-name",
    .plain = true,
};
const schema::Format kBaseAddress{
    .pattern =
        "^[Hh][Tt][Tt][Pp][Ss]?://(\\[[^\\]/?#@ \\t\\\\]+\\]|"
        "[^\\[:/?#@ \\t\\\\][^:/?#@ \\t\\\\]*)"
        "(:0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|"
        "6553[0-5]))?/?$",
    .accepts = IsBase,
    .wanted = "a base address without a path",
    .hint = "for example https://graph.microsoft.com",
    .also = &kSecureBase,
};
const schema::Format kListenAddress{
    .pattern =
        "^(\\[[^\\]]+\\]|[^\\[:][^:]*):0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|"
        "65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
    .accepts = IsListenAddress,
    .wanted = "host:port",
    .hint = "for example 127.0.0.1:9464; port 0 takes any free port",
};

}  // namespace seatkeeper
