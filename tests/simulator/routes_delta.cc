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

class UserPage final : public DeltaPage<UserChange> {
 public:
  UserPage(Call& call, DeltaToken of)
      : DeltaPage(call, std::move(of), call.world.deltas, "users"),
        selection_(SelectionOf(token())) {
    const auto prefer = FindHeader(call.request.headers, "Prefer");
    minimal_ = prefer && EqualsIgnoringCase(*prefer, "return=minimal");
  }

 private:
  bool FillObjects() override {
    const auto& users = call().world.directory.users();
    for (auto user = users.upper_bound(token().at); user != users.end(); ++user) {
      if (Full()) return true;
      if (Concerns(token(), user->second.id)) Add(Shown(user->second, nullptr));
      token().at = user->first;
    }
    return false;
  }

  bool Tracks(const UserChange& change) const override {
    const auto& tracked = selection_.empty() ? DefaultUserSelection() : selection_;
    return std::any_of(tracked.begin(), tracked.end(),
                       [&](const std::string& name) { return change.properties.contains(name); });
  }

  json Shown(const UserChange& change) const override {
    const User* user = call().world.directory.FindUser(change.id);
    if (user != nullptr) return Shown(*user, &change);
    // Somebody who is gone by now is gone, whatever happened to them before.
    const bool purged = change.kind == UserChange::Kind::kPurged;
    return {{"id", change.id}, {"@removed", {{"reason", purged ? "deleted" : "changed"}}}};
  }

  json Shown(const User& user, const UserChange* change) const {
    auto object = UserJson(call().world.directory, user, selection_, user.rows);
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

  Selection selection_;
  bool minimal_ = false;
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
  return UserPage(call, std::move(start.token)).Take();
}

}  // namespace seatkeeper::sim
