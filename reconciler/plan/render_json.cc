#include "reconciler/plan/render_json.h"

#include <map>

#include "reconciler/model/object_writer.h"
#include "reconciler/plan/cost.h"
#include "reconciler/plan/duration.h"
#include "reconciler/plan/held_set.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

void User(ObjectWriter& object, const UserId& id, const std::string& principal_name) {
  object.Object("user", [&](ObjectWriter& user) {
    user.Text("id", id.ToString());
    user.Text("userPrincipalName", principal_name);
  });
}

void Product(ObjectWriter& object, const Plan& plan, const SkuId& id) {
  object.Text("skuId", id.ToString());
  object.Text("partNumber", plan.ProductName(id));
}

void Licenses(ObjectWriter& object, std::string_view key, const Plan& plan,
              const std::vector<AddLicense>& licenses) {
  object.Objects(key, licenses, [&](ObjectWriter& license, const AddLicense& add) {
    Product(license, plan, add.product);
    license.Ids("disabledPlans", add.disabled_plans);
  });
}

void Held(ObjectWriter& object, const HeldBy& held) {
  object.Text("guardrail", held.guardrail);
  if (held.product) object.Text("skuId", held.product->ToString());
  object.Text("value", held.value);
  object.Text("limit", held.limit);
  object.Text("release", ReleaseText(held));
  if (held.approvable) object.TextUnlessEmpty("digest", held.digest);
}

void Approved(ObjectWriter& object, const ApprovedBy& by) {
  object.Text("approval", by.approval);
  object.Text("digest", by.digest);
  object.Text("who", by.who);
  object.Text("reason", by.reason);
  object.Text("guardrail", by.guardrail);
  object.Text("skuId", by.product.ToString());
}

void WriteHeldSet(ObjectWriter& object, const Plan& plan, const HeldSetSummary& set) {
  object.Text("guardrail", set.guardrail);
  if (set.product) Product(object, plan, *set.product);
  object.Text("digest", set.digest);
  object.Boolean("approvable", set.approvable);
  object.Number("subjects", static_cast<std::int64_t>(set.subjects));
}

void OriginFields(ObjectWriter& object, const Origin& origin) {
  object.Text("policy", origin.policy);
  object.Text("file", origin.at.file);
  object.Number("line", origin.at.line);
}

// `seats` and `losses`: what the change means for the group's members.
void GroupFields(ObjectWriter& object, const Plan& plan, const Change& change) {
  const auto counts = [&](std::string_view key, const auto& list) {
    object.Objects(key, list, [&](ObjectWriter& entry, const auto& of_product) {
      Product(entry, plan, of_product.first);
      entry.Number("users", of_product.second);
    });
  };
  object.Text("id", change.group->id.ToString());
  object.Text("displayName", change.group->display_name);
  object.Number("members", change.group->members);
  std::map<SkuId, int> seats;
  for (const auto& product : change.takes_seats) ++seats[product];
  counts("seats", seats);
  counts("losses", change.group->losses);
}

void Unwanted(ObjectWriter& object, const RemovalWait& wait) {
  if (!wait.begins) {
    object.Text("since", FormatTime(wait.first_seen));
    object.Text("earliest", FormatTime(wait.earliest));
  }
  object.Number("readings", wait.readings);
}

void WriteChange(ObjectWriter& object, const Plan& plan, const Change& change) {
  object.Text("id", change.id);
  if (change.wave != 0) object.Number("wave", change.wave);
  if (change.group) {
    object.Object("group", [&](ObjectWriter& group) { GroupFields(group, plan, change); });
  } else {
    User(object, change.user, change.user_principal_name);
  }
  Licenses(object, "add", plan, change.add);
  object.Ids("remove", change.remove);
  if (!change.plans_off.empty()) object.Ids("plansOff", change.plans_off);
  if (!change.replaced.empty()) object.Ids("replaced", change.replaced);
  if (!change.swaps.empty()) {
    object.Objects("swaps", change.swaps, [](ObjectWriter& swap, const auto& pair) {
      swap.Text("from", pair.first.ToString());
      swap.Text("to", pair.second.ToString());
    });
  }
  object.TextUnlessEmpty("usageLocation", change.usage_location);
  if (change.reprocess) {
    object.Objects("reprocess", change.reprocess->products,
                   [&](ObjectWriter& given, const ReprocessedProduct& one) {
                     Product(given, plan, one.product);
                     given.Text("groupId", one.group.ToString());
                     given.Text("groupName", one.group_name);
                     given.Text("gone", ToString(one.blocker));
                   });
  }
  object.Text("verdict", ToString(change.verdict));
  object.TextUnlessEmpty("until", change.until);
  if (!change.waits_for.empty()) object.Ids("waitsFor", change.waits_for);
  if (change.unwanted) {
    object.Object("unwanted", [&](ObjectWriter& wait) { Unwanted(wait, *change.unwanted); });
  }
  object.Objects("held", change.held, Held);
  if (!change.approved.empty()) object.Objects("approved", change.approved, Approved);
  object.Text("reason", ToString(change.reason));
  object.Object("origin", [&](ObjectWriter& origin) { OriginFields(origin, change.origin); });
  if (!change.removed_by.empty()) {
    object.Objects("removedBy", change.removed_by, [](ObjectWriter& removal, const auto& by) {
      removal.Text("skuId", by.first.ToString());
      OriginFields(removal, by.second);
    });
  }
  object.Texts("risk", change.risk);
  Licenses(object, "before", plan, change.before);
}

void WriteProduct(ObjectWriter& object, const PlanProduct& product) {
  object.Text("skuId", product.id.ToString());
  object.Text("partNumber", product.part_number);
  object.Number("purchased", product.purchased);
  object.Number("assigned", product.assigned);
  object.Number("assignedAfter", product.assigned_after);
  object.Number("reserve", product.reserve);
  object.Number("warning", product.warning);
  object.Number("suspended", product.suspended);
  object.Number("short", product.short_by);
  if (product.spare.min || product.spare.max) {
    object.Object("spare", [&](ObjectWriter& spare) {
      if (product.spare.min) spare.Number("min", *product.spare.min);
      if (product.spare.max) spare.Number("max", *product.spare.max);
      spare.Number("missing", product.missing_spare());
      spare.Number("wasted", product.wasted());
    });
  }
  if (product.price) {
    object.Object("monthlyPrice", [&](ObjectWriter& price) {
      price.Key("amount") += MonthlyAmount(*product.price, 1).ToString();
      price.Text("currency", product.price->currency);
    });
  }
}

void WriteCost(ObjectWriter& object, const CurrencyCost& cost) {
  object.Text("currency", cost.currency);
  object.Key("purchased") += cost.purchased.ToString();
  object.Key("assigned") += cost.assigned.ToString();
  object.Key("assignedAfter") += cost.assigned_after.ToString();
  object.Key("wasted") += cost.wasted.ToString();
}

void WriteWaiting(ObjectWriter& object, const Plan& plan, const Waiting& waiting) {
  object.Object("product", [&](ObjectWriter& product) { Product(product, plan, waiting.product); });
  object.Number("place", waiting.place);
  User(object, waiting.user, waiting.user_principal_name);
  if (!waiting.begins) object.Text("since", FormatTime(waiting.since));
  object.Boolean("served", waiting.served);
  object.Text("policy", waiting.policy);
}

void WriteCircle(ObjectWriter& object, const Plan& plan, const WaitingCircle& circle) {
  object.Objects("products", circle.products,
                 [&](ObjectWriter& product, const SkuId& id) { Product(product, plan, id); });
  object.Number("users", static_cast<std::int64_t>(circle.users));
  object.Objects("seatsNeeded", circle.seats_needed, [&](ObjectWriter& needed, const auto& seats) {
    Product(needed, plan, seats.first);
    needed.Number("seats", seats.second);
  });
}

void WriteSuspendedBy(ObjectWriter& object, const SuspendedBy& word) {
  object.Text("at", FormatTime(word.at));
  object.Text("by", word.who);
  object.Text("reason", word.reason);
}

void WriteAuthor(ObjectWriter& object, const Author& author) {
  object.Text("kind", ToString(author.actor));
  object.Text("name", author.name);
  object.Text("at", FormatTime(author.at));
  object.Boolean("certain", author.certain);
}

void WriteDrift(ObjectWriter& object, const Plan& plan, const Drift& drift) {
  User(object, drift.user, drift.user_principal_name);
  object.Object("product", [&](ObjectWriter& product) { Product(product, plan, drift.product); });
  object.Text("kind", ToString(drift.kind));
  object.Text("cause", drift.cause);
  if (drift.group) object.Text("group", drift.group->ToString());
  if (drift.author) {
    object.Object("author", [&](ObjectWriter& author) { WriteAuthor(author, *drift.author); });
  }
}

// The document: a key a line, and of long lists an entry a line. Holds a piece of it at a time.
class DocumentWriter {
 public:
  explicit DocumentWriter(const std::function<void(std::string_view)>& sink) : sink_(sink) {}

  std::string& Key(std::string_view key) {
    piece_ += first_ ? "{\n " : ",\n ";
    first_ = false;
    AppendJsonString(piece_, key);
    return piece_ += ':';
  }

  void Text(std::string_view key, std::string_view text) { AppendJsonString(Key(key), text); }

  // `write` appends an item to the text that it is given.
  template <typename Items, typename Write>
  void List(std::string_view key, const Items& items, Write&& write) {
    Key(key) += '[';
    const char* separator = "\n  ";
    for (const auto& item : items) {
      piece_ += separator;
      separator = ",\n  ";
      write(piece_, item);
      if (piece_.size() >= kPieceBytes) Flush();
    }
    piece_ += items.empty() ? "]" : "\n ]";
  }

  template <typename Items, typename Write>
  void Objects(std::string_view key, const Items& items, Write&& write) {
    List(key, items, [&](std::string& out, const auto& item) {
      ObjectWriter object(out);
      write(object, item);
      object.End();
    });
  }

  void End() {
    piece_ += "\n}\n";
    Flush();
  }

 private:
  void Flush() {
    sink_(piece_);
    piece_.clear();
  }

  const std::function<void(std::string_view)>& sink_;
  std::string piece_;
  bool first_ = true;
};

}  // namespace

void WritePlanJson(const Plan& plan, const std::function<void(std::string_view)>& sink,
                   double writes_per_second) {
  DocumentWriter document(sink);
  const auto of_plan = [&](auto write) {
    return [&plan, write](ObjectWriter& object, const auto& item) { write(object, plan, item); };
  };
  document.Text("apiVersion", "seatkeeper/v1");
  document.Text("kind", "Plan");
  document.Text("tenant", plan.tenant);
  document.Text("digest", plan.digest);
  document.Text("heldDigest", plan.held_digest);
  if (!plan.held_sets.empty()) {
    document.Objects("heldSets", plan.held_sets, of_plan(WriteHeldSet));
  }
  document.Text("policyRevision", plan.policy_revision);
  document.Text("observedAt", FormatTime(plan.observed_at));
  if (plan.next_flip) document.Text("nextFlip", FormatTime(*plan.next_flip));
  document.Objects("suspended", plan.suspended, WriteSuspendedBy);
  document.Key("expectedSeconds") +=
      std::to_string(ExpectedDuration(plan, writes_per_second).count());
  document.Objects("monthlyCost", CostsOf(plan), WriteCost);
  document.Objects("products", plan.products, WriteProduct);
  document.Objects("changes", plan.changes, of_plan(WriteChange));
  document.Objects("waiting", plan.waiting, of_plan(WriteWaiting));
  document.Objects("circles", plan.circles, of_plan(WriteCircle));
  document.Objects("drift", plan.drift, of_plan(WriteDrift));
  document.List("warnings", plan.warnings, AppendJsonString);
  document.Objects("doubts", plan.doubts, Held);
  document.Objects("suspicions", plan.suspicions, Held);
  document.End();
}

std::string RenderPlanJson(const Plan& plan) {
  std::string text;
  WritePlanJson(plan, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace seatkeeper
