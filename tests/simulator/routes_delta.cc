#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "tests/simulator/errors.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

// What a token stands for. A round goes through everybody (`from_start`) or through the changes
// from `at` on, and ends before `end`, where the next round begins.
struct DeltaToken {
  bool skips = false;  // $skiptoken: the round goes on
  bool from_start = false;
  std::uint64_t epoch = 0;
  std::uint64_t at = 0;  // a position among the changes, or the last ordinal that came
  std::uint64_t end = 0;
  std::uint64_t page = 1;
  std::uint64_t issued = 0;  // seconds
  std::string select;        // baked in: a link has no $select of its own
};

// For so long the service knows the tokens of directory objects.
constexpr std::uint64_t kTokenLife = 7 * 24 * 3600;
constexpr double kEmptyPageChance = 0.2;
constexpr double kRepeatChance = 0.2;
constexpr double kReplayChance = 0.3;
constexpr std::uint64_t kReplayMost = 3;

std::uint64_t Seconds(const Call& call) {
  return static_cast<std::uint64_t>(UnixSeconds(call.now));
}

std::string Write(const DeltaToken& token) {
  return Base64Url(fmt::format("{}.{}.{}.{}.{}.{}.{}.{}", token.skips ? "skip" : "delta",
                               token.from_start ? 1 : 0, token.epoch, token.at, token.end,
                               token.page, token.issued, token.select));
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
  if (parts.size() < 8 || parts[0] != kind) throw BadToken();
  DeltaToken token{.skips = parts[0] == "skip",
                   .from_start = Number(parts[1]) != 0,
                   .epoch = Number(parts[2]),
                   .at = Number(parts[3]),
                   .end = Number(parts[4]),
                   .page = Number(parts[5]),
                   .issued = Number(parts[6]),
                   .select = parts[7]};
  for (std::size_t i = 8; i < parts.size(); ++i) token.select += "." + parts[i];
  return token;
}

std::string Base(const Call& call) { return call.Origin() + call.target.raw_path + "?"; }

// The tenant was moved: start over at the place that is named.
Reply Gone(const Call& call, const DeltaToken& token) {
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

class Round {
 public:
  Round(Call& call, DeltaToken token)
      : call_(call), token_(std::move(token)), log_(call.world.deltas) {
    for (const auto& name : Split(token_.select, ',')) {
      if (!name.empty()) selection_.push_back(name);
    }
    const auto prefer = FindHeader(call.request.headers, "Prefer");
    minimal_ = prefer && EqualsIgnoringCase(*prefer, "return=minimal");
  }

  Reply Page() {
    reply_.page = static_cast<int>(token_.page);
    reply_.body = {{"@odata.context", ContextOf(call_, "users")}, {"value", json::array()}};
    const bool more = (token_.skips && log_.draws().Chance(kEmptyPageChance)) || Fill();
    reply_.last_page = !more;
    if (more) {
      token_.skips = true;
      ++token_.page;
      reply_.body["@odata.nextLink"] = Base(call_) + "$skiptoken=" + Write(token_);
    } else {
      reply_.body["@odata.deltaLink"] = Base(call_) + "$deltatoken=" + Write(Next());
    }
    return std::move(reply_);
  }

 private:
  DeltaToken Next() const {
    return {
        .epoch = token_.epoch, .at = token_.end, .issued = Seconds(call_), .select = token_.select};
  }

  // Returns whether there is more to come.
  bool Fill() { return token_.from_start ? FillUsers() : FillChanges(); }

  bool FillUsers() {
    const auto& users = call_.world.directory.users();
    for (auto user = users.upper_bound(token_.at); user != users.end(); ++user) {
      if (Full()) return true;
      Add(Shown(user->second, nullptr));
      token_.at = user->first;
    }
    return false;
  }

  bool FillChanges() {
    for (; token_.at < token_.end; ++token_.at) {
      if (Full()) return true;
      const auto& change = log_.at(token_.at);
      if (Surfaces(change)) Add(Shown(change));
    }
    return false;
  }

  bool Full() const { return reply_.body["value"].size() >= call_.world.options.delta_page; }

  void Add(json object) {
    const bool twice = log_.draws().Chance(kRepeatChance);
    reply_.body["value"].push_back(object);
    if (twice) reply_.body["value"].push_back(std::move(object));
  }

  bool Surfaces(const UserChange& change) const {
    if (change.kind != UserChange::Kind::kChanged) return true;
    const auto& tracked = selection_.empty() ? DefaultUserSelection() : selection_;
    return std::any_of(tracked.begin(), tracked.end(),
                       [&](const std::string& name) { return change.properties.contains(name); });
  }

  json Shown(const UserChange& change) const {
    const User* user = call_.world.directory.FindUser(change.id);
    if (user != nullptr) return Shown(*user, &change);
    // Somebody who is gone by now is gone, whatever happened to them before.
    const bool purged = change.kind == UserChange::Kind::kPurged;
    return {{"id", change.id}, {"@removed", {{"reason", purged ? "deleted" : "changed"}}}};
  }

  json Shown(const User& user, const UserChange* change) const {
    auto object = UserJson(call_.world.directory, user, selection_, user.rows);
    const bool only_changed =
        minimal_ && change != nullptr && change->kind == UserChange::Kind::kChanged;
    for (auto property = object.begin(); property != object.end();) {
      const bool kept = only_changed ? change->properties.contains(property.key())
                                     : !property->is_null();  // never set: left out
      property = kept ? std::next(property) : object.erase(property);
    }
    object["id"] = user.id;
    return object;
  }

  Call& call_;
  DeltaToken token_;
  DeltaLog& log_;
  Selection selection_;
  bool minimal_ = false;
  Reply reply_;
};

// Goes on where a link left off. A link says everything itself.
Reply GoOn(Call& call, DeltaToken token) {
  if (call.target.options.size() > 1) {
    throw BadRequest("Query options are given with the first request of a delta query only.");
  }
  const auto& log = call.world.deltas;
  if (token.epoch != log.epoch()) return Gone(call, token);
  if (Seconds(call) > token.issued + kTokenLife) {
    throw GraphError(400, "SyncStateNotFound",
                     "The sync state generation is not found. Please start a new synchronization.");
  }
  if (!token.skips) {
    token.end = log.End(call.now);
    auto& draws = call.world.deltas.draws();
    const auto replayed = draws.Chance(kReplayChance) ? draws.Below(kReplayMost + 1) : 0;
    token.at -= std::min(token.at, replayed);
  }
  return Round(call, std::move(token)).Page();
}

}  // namespace

// The tenant's users, or what happened to them since a link was given. Without $filter, which the
// service takes for ids alone, and without $top, $orderby and $expand, which it does not take.
Reply UserDelta(Call& call) {
  AllowOnly(call.target, {"$select", "$deltatoken", "$skiptoken"});
  const auto latest = call.target.Option("$deltatoken");
  if (const auto token = call.target.Option("$skiptoken")) return GoOn(call, Read(*token, "skip"));
  const bool from_now = latest && EqualsIgnoringCase(*latest, "latest");
  if (latest && !latest->empty() && !from_now) return GoOn(call, Read(*latest, "delta"));
  const Selection selection = SelectOf(call.target);
  CheckUserSelection(call.world.directory, selection, Reading::kListing,
                     call.world.unknown_extension);
  DeltaToken token{.from_start = !from_now,
                   .epoch = call.world.deltas.epoch(),
                   .end = call.world.deltas.End(call.now),
                   .issued = Seconds(call)};
  for (const auto& name : selection) token.select += (token.select.empty() ? "" : ",") + name;
  if (from_now) token.at = token.end;
  return Round(call, std::move(token)).Page();
}

}  // namespace seatkeeper::sim
