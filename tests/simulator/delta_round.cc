#include "tests/simulator/delta_round.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "tests/simulator/errors.h"
#include "tests/simulator/filter.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

// For so long the service knows the tokens of directory objects.
constexpr std::uint64_t kTokenLife = 7 * 24 * 3600;
constexpr std::size_t kIdsMax = 50;
constexpr double kEmptyPageChance = 0.2;
constexpr double kRepeatChance = 0.2;
constexpr double kReplayChance = 0.3;
constexpr std::uint64_t kReplayMost = 3;
constexpr std::size_t kTokenParts = 10;

std::uint64_t Seconds(const Call& call) {
  return static_cast<std::uint64_t>(UnixSeconds(call.now));
}

std::string Write(const DeltaToken& token) {
  return Base64Url(fmt::format("{}.{}.{}.{}.{}.{}.{}.{}.{}.{}", token.skips ? "skip" : "delta",
                               token.from_start ? 1 : 0, token.epoch, token.at, token.end,
                               token.page, token.issued, token.member, token.only, token.select));
}

GraphError BadToken() { return {400, "Directory_InvalidDeltaToken", "Badly formed token."}; }

std::uint64_t Number(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) throw BadToken();
  return number;
}

DeltaToken Read(const std::string& text, const char* kind) {
  const auto parts = Split(FromBase64Url(text).value_or(""), '.');
  if (parts.size() < kTokenParts || parts[0] != kind) throw BadToken();
  DeltaToken token{.skips = parts[0] == "skip",
                   .from_start = Number(parts[1]) != 0,
                   .epoch = Number(parts[2]),
                   .at = Number(parts[3]),
                   .end = Number(parts[4]),
                   .page = Number(parts[5]),
                   .issued = Number(parts[6]),
                   .member = parts[7],
                   .only = parts[8],
                   .select = parts[9]};
  for (std::size_t i = kTokenParts; i < parts.size(); ++i) token.select += "." + parts[i];
  return token;
}

std::string Base(const Call& call) { return call.Origin() + call.target.raw_path + "?"; }

// `id eq 'x' or id eq 'y'`, which is all that the service takes here.
std::string IdsOf(const Call& call) {
  static const FilterRules rules{{"id", "eq"}};
  if (!call.target.Option("$filter")) return "";
  const std::string text = *call.target.Option("$filter");
  (void)Filter::Parse(text, rules);
  std::string ids;
  std::size_t count = 0;
  const std::vector<std::string> pieces = Split(text, '\'');
  for (std::size_t i = 1; i < pieces.size(); i += 2) {
    ids += (count++ == 0 ? "" : ",") + ToLower(pieces[i]);
  }
  const bool only_or = ToLower(text).find(" and ") == std::string::npos;
  if (!only_or || count > kIdsMax || ids.find('.') != std::string::npos) {
    throw UnsupportedQuery("A delta query can be limited to at most 50 ids, joined by or.");
  }
  return ids;
}

DeltaStart GoOn(const Call& call, DeltaToken token, std::uint64_t epoch, std::uint64_t end) {
  if (call.target.options.size() > 1) {
    throw BadRequest("Query options are given with the first request of a delta query only.");
  }
  if (token.epoch != epoch) return {.token = std::move(token), .gone = true};
  if (Seconds(call) > token.issued + kTokenLife) {
    throw GraphError(400, "SyncStateNotFound",
                     "The sync state generation is not found. Please start a new synchronization.");
  }
  if (!token.skips) token.end = end;
  return {.token = std::move(token)};
}

}  // namespace

DeltaStart BeginRound(const Call& call, std::uint64_t epoch, std::uint64_t end) {
  const auto link = call.target.Option("$deltatoken");
  if (const auto token = call.target.Option("$skiptoken")) {
    return GoOn(call, Read(*token, "skip"), epoch, end);
  }
  const bool from_now = link && EqualsIgnoringCase(*link, "latest");
  if (link && !link->empty() && !from_now) return GoOn(call, Read(*link, "delta"), epoch, end);
  DeltaStart start{.is_new = true};
  start.token.from_start = !from_now;
  start.token.epoch = epoch;
  start.token.end = end;
  start.token.issued = Seconds(call);
  start.token.only = IdsOf(call);
  for (const auto& name : SelectOf(call.target)) {
    start.token.select += (start.token.select.empty() ? "" : ",") + name;
  }
  if (from_now) start.token.at = end;
  return start;
}

std::uint64_t Replayed(Random& draws, std::uint64_t at) {
  const auto replayed = draws.Chance(kReplayChance) ? draws.Below(kReplayMost + 1) : 0;
  return at - std::min(at, replayed);
}

bool SendsEmptyPage(Random& draws) { return draws.Chance(kEmptyPageChance); }
bool SendsTwice(Random& draws) { return draws.Chance(kRepeatChance); }

Reply GoneReply(const Call& call, const DeltaToken& token) {
  Reply reply;
  reply.status = 410;
  reply.body = {{"error",
                 {{"code", "resyncRequired"},
                  {"message",
                   "Resync required. Replace any local items with the server's version "
                   "(including deletes)."}}}};
  reply.headers.emplace_back(
      "Location",
      Base(call) + (token.select.empty() ? "" : "$select=" + token.select + "&") + "$deltatoken=");
  return reply;
}

void Link(const Call& call, DeltaToken token, bool more, Reply& reply) {
  reply.page = static_cast<int>(token.page);
  reply.last_page = !more;
  if (more) {
    token.skips = true;
    ++token.page;
    reply.body["@odata.nextLink"] = Base(call) + "$skiptoken=" + Write(token);
    return;
  }
  const DeltaToken next{.epoch = token.epoch,
                        .at = token.end,
                        .issued = Seconds(call),
                        .only = token.only,
                        .select = token.select};
  reply.body["@odata.deltaLink"] = Base(call) + "$deltatoken=" + Write(next);
}

std::vector<std::string> SelectionOf(const DeltaToken& token) {
  std::vector<std::string> names;
  for (const auto& name : Split(token.select, ',')) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

bool Concerns(const DeltaToken& token, const std::string& id) {
  if (token.only.empty()) return true;
  const std::vector<std::string> ids = Split(token.only, ',');
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace seatkeeper::sim
