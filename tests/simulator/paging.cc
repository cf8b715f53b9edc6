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
         Base64Url(fmt::format("{:016x}.{}.{}.{}", QueryHash(call.target), after, number,
                               call.now.time_since_epoch().count()));
}

void ContinueFrom(const Call& call, const std::string& token, PageRequest& page) {
  constexpr std::size_t kParts = 4;
  const std::vector<std::string> parts = Split(FromBase64Url(token).value_or(""), '.');
  std::vector<std::optional<std::uint64_t>> numbers;
  for (std::size_t i = 1; i < parts.size(); ++i) numbers.push_back(ParseNumber(parts[i]));
  const bool whole = parts.size() == kParts && numbers[0] && numbers[1] && numbers[2];
  if (!whole || parts[0] != fmt::format("{:016x}", QueryHash(call.target))) {
    throw ExpiredPageToken();
  }
  const auto now = static_cast<std::uint64_t>(call.now.time_since_epoch().count());
  const auto life = static_cast<std::uint64_t>(call.world.options.page_life.count());
  if (now > *numbers[2] && now - *numbers[2] > life) throw ExpiredPageToken();
  page.after = *numbers[0];
  page.number = static_cast<int>(*numbers[1]);
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
    ContinueFrom(call, *token, page);
  }
  return page;
}

std::string ContextOf(const Call& call, const std::string& what) {
  const auto select = call.target.Option("$select");
  return call.Origin() + "/v1.0/$metadata#" + what + (select ? "(" + *select + ")" : "");
}

bool IsCounted(const Call& call) {
  return EqualsIgnoringCase(call.target.Option("$count").value_or(""), "true");
}

Reply ListReply(const Call& call, const PageRequest& page, const std::string& context,
                const Listing& listing, const std::function<nlohmann::json(std::uint64_t)>& shape) {
  std::vector<std::uint64_t> ordinals = listing.next(page.after, page.size + 1);
  Reply reply;
  reply.page = page.number;
  reply.last_page = ordinals.size() <= page.size;
  reply.body = {{"@odata.context", context}, {"value", nlohmann::json::array()}};
  if (IsCounted(call) && call.IsAdvanced() && page.number == 1) {
    reply.body["@odata.count"] = listing.count();
  }
  if (!reply.last_page) {
    ordinals.pop_back();
    reply.body["@odata.nextLink"] = NextLink(call, ordinals.back(), page.number + 1);
  }
  for (const std::uint64_t ordinal : ordinals) reply.body["value"].push_back(shape(ordinal));
  return reply;
}

Reply ListReply(const Call& call, const PageRequest& page, const std::string& context,
                const std::vector<std::uint64_t>& ordinals,
                const std::function<nlohmann::json(std::uint64_t)>& shape) {
  const auto next = [&](std::uint64_t after, std::size_t most) {
    const auto begin = std::upper_bound(ordinals.begin(), ordinals.end(), after);
    const auto left = static_cast<std::size_t>(ordinals.end() - begin);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(left, most));
    return std::vector<std::uint64_t>(begin, end);
  };
  return ListReply(call, page, context, Listing{next, [&] { return ordinals.size(); }}, shape);
}

Reply CountReply(const Call& call, std::size_t count) {
  if (!call.IsAdvanced()) throw BadRequest("$count is not currently supported.");
  Reply reply;
  reply.text = std::to_string(count);
  reply.content_type = "text/plain";
  return reply;
}

}  // namespace seatkeeper::sim
