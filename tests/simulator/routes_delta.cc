#include <algorithm>
#include <utility>

#include "tests/simulator/delta_round.h"
#include "tests/simulator/errors.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

class Round {
 public:
  Round(Call& call, DeltaToken token)
      : call_(call),
        token_(std::move(token)),
        log_(call.world.deltas),
        selection_(SelectionOf(token_)) {
    const auto prefer = FindHeader(call.request.headers, "Prefer");
    minimal_ = prefer && EqualsIgnoringCase(*prefer, "return=minimal");
  }

  Reply Page() {
    reply_.body = {{"@odata.context", ContextOf(call_, "users")}, {"value", json::array()}};
    const bool more = (token_.skips && SendsEmptyPage(log_.draws())) || Fill();
    Link(call_, token_, more, reply_);
    return std::move(reply_);
  }

 private:
  // Returns whether there is more to come.
  bool Fill() { return token_.from_start ? FillUsers() : FillChanges(); }

  bool FillUsers() {
    const auto& users = call_.world.directory.users();
    for (auto user = users.upper_bound(token_.at); user != users.end(); ++user) {
      if (Full()) return true;
      if (Concerns(token_, user->second.id)) Add(Shown(user->second, nullptr));
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
    const bool twice = SendsTwice(log_.draws());
    reply_.body["value"].push_back(object);
    if (twice) reply_.body["value"].push_back(std::move(object));
  }

  bool Surfaces(const UserChange& change) const {
    if (!Concerns(token_, change.id)) return false;
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
  DeltaLog<UserChange>& log_;
  Selection selection_;
  bool minimal_ = false;
  Reply reply_;
};

}  // namespace

// The tenant's users, or what happened to them since a link was given. Without $top, $orderby and
// $expand, which the service does not take.
Reply UserDelta(Call& call) {
  AllowOnly(call.target, {"$select", "$filter", "$deltatoken", "$skiptoken"});
  auto& log = call.world.deltas;
  DeltaStart start = BeginRound(call, log.epoch(), log.End(call.now));
  if (start.gone) return GoneReply(call, start.token);
  if (start.is_new) {
    CheckUserSelection(call.world.directory, SelectionOf(start.token), Reading::kListing,
                       call.world.unknown_extension);
  } else if (!start.token.skips) {
    start.token.at = Replayed(log.draws(), start.token.at);
  }
  return Round(call, std::move(start.token)).Page();
}

}  // namespace seatkeeper::sim
