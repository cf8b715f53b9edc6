#include "reconciler/execute/journal_entries.h"

#include "policy/source.h"

namespace seatkeeper {

std::string EntryId(const std::string& plan_id, const std::string& change_id) {
  return plan_id + "/" + change_id;
}

JournalEntry MakeIntent(const Change& change, const std::string& plan_id,
                        const std::string& policy_revision, WallTime now) {
  JournalEntry entry;
  entry.id = EntryId(plan_id, change.id);
  entry.plan_id = plan_id;
  entry.change_id = change.id;
  entry.user = change.user;
  entry.user_principal_name = change.user_principal_name;
  entry.group = change.group;
  entry.add = change.add;
  entry.remove = change.remove;
  entry.usage_location = change.usage_location;
  entry.plans_off = change.plans_off;
  entry.replaced = change.replaced;
  entry.swaps.assign(change.swaps.begin(), change.swaps.end());
  entry.before = change.before;
  for (const auto& product : change.takes_seats) {
    if (entry.seats.empty() || entry.seats.back().first != product) {
      entry.seats.emplace_back(product, 0);
    }
    ++entry.seats.back().second;
  }
  entry.reason = ToString(change.reason);
  entry.policy = change.origin.policy;
  entry.policy_position = ToString(change.origin.at);
  entry.policy_revision = policy_revision;
  entry.approved = change.approved;
  entry.intended_at = now;
  return entry;
}

WriteItem MakeWriteItem(const Change& change, bool located) {
  // Nothing that could be taken for an assignment of the user's own.
  if (change.reprocesses()) {
    return {.change_id = change.id,
            .subject = change.subject(),
            .add = {},
            .remove = {},
            .reprocess = true};
  }
  return {.change_id = change.id,
          .subject = change.subject(),
          .add = change.add,
          .remove = change.remove,
          .usage_location = located ? std::string() : change.usage_location};
}

}  // namespace seatkeeper
