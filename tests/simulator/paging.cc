#include "tests/simulator/paging.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tests/simulator/errors.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

constexpr std::size_t kPageSizeDefault = 100;

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Ties a token to the query it continues.
std::uint64_t QueryHash(const Target& target) {
  std::string text;
  for (const std::string& segment : target.segments) text += segment + "/";
  for (const auto& [name, value] : target.options) {
    if (!EqualsIgnoringCase(name, "$skiptoken")) text += name + "=" + value + "&";
  }
  return StableHash(text);
}

std::string NextLink(const Call& call, std::uint64_t after, int number) {
  std::string link = call.Origin() + call.target.raw_path + "?";
  for (const auto& [name, value] : call.target.raw_options) {
    const std::string decoded = PercentDecode(name, UrlPart::kQuery).value_or(name);
    if (!EqualsIgnoringCase(decoded, "$skiptoken")) link += name + "=" + value + "&";
  }
  return link + "$skiptoken=" +
         Base64Url(fmt::format("{:016x}.{}.{}", QueryHash(call.target), after, number));
}

void ContinueFrom(const Target& target, const std::string& token, PageRequest& page) {
  const std::vector<std::string> parts = Split(FromBase64Url(token).value_or(""), '.');
  const auto after = parts.size() == 3 ? ParseNumber(parts[1]) : std::nullopt;
  const auto number = parts.size() == 3 ? ParseNumber(parts[2]) : std::nullopt;
  if (!after || !number || parts[0] != fmt::format("{:016x}", QueryHash(target))) {
    throw GraphError(400, "Directory_ExpiredPageToken",
                     "The specified page token value has expired and is no longer valid.");
  }
  page.after = *after;
  page.number = static_cast<int>(*number);
}

}  // namespace

PageRequest ReadPage(const Call& call, std::size_t size_cap) {
  PageRequest page;
  page.size = kPageSizeDefault;
  if (const auto top = call.target.Option("$top")) {
    const auto size = ParseNumber(*top);
    if (!size || *size < 1 || *size > kPageSizeMax) {
      throw BadRequest(fmt::format(
          "Invalid page size specified: '{}'. Must be between 1 and 999 inclusive.", *top));
    }
    page.size = *size;
  }
  page.size = std::min(page.size, size_cap);
  if (const auto token = call.target.Option("$skiptoken")) {
    ContinueFrom(call.target, *token, page);
  }
  return page;
}

std::string ContextOf(const Call& call, const std::string& what) {
  const auto select = call.target.Option("$select");
  return call.Origin() + "/v1.0/$metadata#" + what + (select ? "(" + *select + ")" : "");
}

Reply ListReply(const Call& call, const PageRequest& page, const std::string& context,
                const std::vector<std::uint64_t>& ordinals,
                const std::function<nlohmann::json(std::uint64_t)>& shape) {
  const auto begin = std::upper_bound(ordinals.begin(), ordinals.end(), page.after);
  const auto left = static_cast<std::size_t>(ordinals.end() - begin);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(left, page.size));
  Reply reply;
  reply.page = page.number;
  reply.last_page = end == ordinals.end();
  reply.body = {{"@odata.context", context}, {"value", nlohmann::json::array()}};
  const auto count = call.target.Option("$count");
  if (count && EqualsIgnoringCase(*count, "true") && call.IsAdvanced() && page.number == 1) {
    reply.body["@odata.count"] = ordinals.size();
  }
  if (!reply.last_page) {
    reply.body["@odata.nextLink"] = NextLink(call, *(end - 1), page.number + 1);
  }
  for (auto item = begin; item != end; ++item) reply.body["value"].push_back(shape(*item));
  return reply;
}

Reply CountReply(const Call& call, std::size_t count) {
  if (!call.IsAdvanced()) throw BadRequest("$count is not currently supported.");
  Reply reply;
  reply.text = std::to_string(count);
  reply.content_type = "text/plain";
  return reply;
}

}  // namespace seatkeeper::sim
