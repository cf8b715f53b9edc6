#include "daemon/explain_text.h"
#include "daemon/history_text.h"
#include "daemon/json_object.h"

namespace seatkeeper {
namespace {

template <typename Items, typename Render>
std::string List(const Items& items, Render render) {
  JsonArray list;
  for (const auto& item : items) list.Raw(render(item));
  return list.Finish();
}

template <typename Item, typename Render>
std::string OrNull(const std::optional<Item>& item, Render render) {
  return item ? render(*item) : "null";
}

std::string JsonText(std::string_view text) { return JsonString(text); }

JsonObject Positioned(const SourcePosition& at) {
  JsonObject object;
  object.Text("file", at.file).Number("line", at.line).Number("column", at.column);
  return object;
}

std::string JsonOrigin(const Origin& origin) {
  if (origin.policy.empty()) return "null";
  return Positioned(origin.at).Text("policy", origin.policy).Finish();
}

std::string JsonHold(const HeldBy& held) {
  JsonObject object;
  object.Text("guardrail", held.guardrail)
      .Text("value", held.value)
      .Text("limit", held.limit)
      .Text("release", ReleaseText(held));
  if (held.product) object.Text("skuId", held.product->ToString());
  return object.Finish();
}

std::string JsonApproved(const ApprovedBy& by) {
  return JsonObject()
      .Text("approval", by.approval)
      .Text("digest", by.digest)
      .Text("who", by.who)
      .Text("reason", by.reason)
      .Text("guardrail", by.guardrail)
      .Text("skuId", by.product.ToString())
      .Finish();
}

std::string_view ToString(AssignmentSource source) {
  switch (source) {
    case AssignmentSource::kDirect:
      return "direct";
    case AssignmentSource::kGroup:
      return "group";
    case AssignmentSource::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view ToString(StatementRole::Role role) {
  switch (role) {
    case StatementRole::Role::kDecides:
      return "decides";
    case StatementRole::Role::kAgrees:
      return "agrees";
    case StatementRole::Role::kTied:
      return "tied";
    case StatementRole::Role::kOutranked:
      return "outranked";
    case StatementRole::Role::kNotSelected:
      return "not-selected";
    case StatementRole::Role::kExpired:
      break;
  }
  return "expired";
}

std::string_view ToString(SubjectPart::Kind kind) {
  switch (kind) {
    case SubjectPart::Kind::kRule:
      return "rule";
    case SubjectPart::Kind::kGroup:
      return "group";
    case SubjectPart::Kind::kUser:
      return "user";
    case SubjectPart::Kind::kWhere:
      return "where";
    case SubjectPart::Kind::kExceptRule:
      return "except-rule";
    case SubjectPart::Kind::kExceptGroup:
      return "except-group";
    case SubjectPart::Kind::kExceptUser:
      break;
  }
  return "except-user";
}

std::string_view ToString(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::kAdd:
      return "add";
    case Step::Kind::kRemove:
      return "remove";
    case Step::Kind::kPlans:
      break;
  }
  return "plans";
}

std::string_view WantedOf(const ProductExplanation& product) {
  if (product.tied) return "tied";
  if (product.granted) return "granted";
  return product.revoked ? "revoked" : "nothing";
}

std::string JsonSource(const HeldFrom& held) {
  JsonObject object;
  object.Text("source", ToString(held.source))
      .Text("state", ToString(held.state))
      .Boolean("hasSeat", held.has_seat)
      .Text("error", held.error)
      .Text("since", held.updated);
  if (held.group) {
    object.Raw("group", JsonObject()
                            .Text("id", held.group->ToString())
                            .Text("displayName", held.group_name)
                            .Finish());
  }
  return object.Finish();
}

std::string JsonPart(const SubjectPart& part) {
  return Positioned(part.at)
      .Text("part", ToString(part.kind))
      .Text("written", part.written)
      .Boolean("matches", part.matches)
      .Text("unresolved", part.unresolved)
      .Finish();
}

std::string JsonStatement(const StatementRole& statement) {
  auto object = Positioned(statement.origin.at);
  object.Text("policy", statement.origin.policy)
      .Text("says", statement.says == PolicyStatement::Kind::kGrant ? "grants" : "revokes")
      .Text("role", ToString(statement.role))
      .Number("priority", statement.priority)
      .Boolean("byGroup", statement.by_group)
      .Raw("subjects", List(statement.subjects, JsonPart))
      .Raw("held", OrNull(statement.held, JsonHold));
  if (!statement.expires.empty()) object.Text("expires", statement.expires);
  return object.Finish();
}

std::string JsonLadder(const LadderPlace& ladder) {
  return Positioned(ladder.at)
      .Text("policy", ladder.name)
      .Number("rung", static_cast<std::int64_t>(ladder.number))
      .Number("rungs", static_cast<std::int64_t>(ladder.rungs))
      .Boolean("fallback", ladder.fallback)
      .Raw("target",
           OrNull(ladder.target, [](const SkuId& id) { return JsonString(id.ToString()); }))
      .Finish();
}

std::string JsonPlan(const NamedPlan& plan) {
  return JsonObject().Text("servicePlanId", plan.id.ToString()).Text("name", plan.name).Finish();
}

std::string JsonPlans(const PlanShape& plans) {
  return JsonObject()
      .Raw("shapedBy", JsonOrigin(plans.shaped_by))
      .Raw("conflict", JsonOrigin(plans.conflict))
      .Raw("off", List(plans.off, JsonPlan))
      .Raw("shouldBeOff", List(plans.turned_off, JsonPlan))
      .Raw("shouldBeOn", List(plans.turned_on, JsonPlan))
      .Finish();
}

std::string JsonStep(const Step& step, const Explanation& explanation) {
  const auto& change = explanation.changes[step.change];
  JsonObject unwanted;
  if (change.unwanted) {
    if (!change.unwanted->begins) {
      unwanted.Text("since", FormatTime(change.unwanted->first_seen))
          .Text("earliest", FormatTime(change.unwanted->earliest));
    }
    unwanted.Number("readings", change.unwanted->readings);
  }
  return JsonObject()
      .Text("does", ToString(step.kind))
      .Raw("against", List(step.against, JsonText))
      .Text("change", change.id)
      .Text("verdict", ToString(change.verdict))
      .Number("wave", change.wave)
      .Text("until", change.until)
      .Raw("waitsFor",
           List(change.waits_for, [](const SkuId& id) { return JsonString(id.ToString()); }))
      .Raw("unwanted", change.unwanted ? unwanted.Finish() : "null")
      .Raw("held", List(change.held, JsonHold))
      .Raw("approved", List(change.approved, JsonApproved))
      .Text("reason", ToString(change.reason))
      .Raw("origin", JsonOrigin(change.origin))
      .Raw("risk", List(change.risk, JsonText))
      .Finish();
}

std::string JsonAuthor(const Author& author) {
  return JsonObject()
      .Text("kind", ToString(author.actor))
      .Text("name", author.name)
      .Text("at", FormatTime(author.at))
      .Boolean("certain", author.certain)
      .Finish();
}

std::string JsonDrift(const Drift& drift) {
  JsonObject object;
  object.Text("kind", ToString(drift.kind)).Text("cause", drift.cause);
  if (drift.group) object.Text("group", drift.group->ToString());
  if (drift.author) object.Raw("author", JsonAuthor(*drift.author));
  return object.Finish();
}

std::string JsonWaiting(const Waiting& waiting) {
  return JsonObject()
      .Number("place", waiting.place)
      .Raw("since", waiting.begins ? "null" : JsonString(FormatTime(waiting.since)))
      .Boolean("served", waiting.served)
      .Finish();
}

std::string JsonProduct(const ProductExplanation& product, const Explanation& explanation) {
  JsonObject object;
  object.Text("skuId", product.product.ToString())
      .Text("partNumber", product.name)
      .Text("displayName", product.display_name)
      .Text("standing", ToString(product.standing))
      .Raw("held", List(product.held, JsonSource))
      .Boolean("named", product.named);
  if (!product.named) return object.Finish();
  return object.Text("wanted", WantedOf(product))
      .Raw("statements", List(product.statements, JsonStatement))
      .Text("management", ToString(product.management))
      .Raw("managedBy", JsonOrigin(product.managed_by))
      .Boolean("letsGo", product.lets_go)
      .Boolean("owned", product.owned)
      .Text("obstacle", product.obstacle)
      .Raw("removalsHeld", OrNull(product.removals_held, JsonHold))
      .Raw("ladder", OrNull(product.ladder, JsonLadder))
      .Raw("servicePlans", OrNull(product.plans, JsonPlans))
      .Raw("steps",
           List(product.steps, [&](const Step& step) { return JsonStep(step, explanation); }))
      .Raw("drift", List(product.drift, JsonDrift))
      .Raw("waiting",
           OrNull(product.waiting, [&](const Waiting& waiting) { return JsonWaiting(waiting); }))
      .Finish();
}

std::string JsonSuspendedBy(const SuspendedBy& word) {
  return JsonObject()
      .Text("at", FormatTime(word.at))
      .Text("by", word.who)
      .Text("reason", word.reason)
      .Finish();
}

std::string JsonUser(const Explanation& explanation) {
  return JsonObject()
      .Text("id", explanation.user.ToString())
      .Text("userPrincipalName", explanation.user_principal_name)
      .Text("displayName", explanation.display_name)
      .Raw("accountEnabled", OrNull(explanation.account_enabled,
                                    [](bool enabled) { return enabled ? "true" : "false"; }))
      .Text("usageLocation", explanation.usage_location)
      .Boolean("person", explanation.person)
      .Raw("accountType", explanation.person ? "null" : JsonString(explanation.account_type))
      .Boolean("assignmentsKnown", explanation.assignments_known)
      .Boolean("changePending", explanation.busy)
      .Finish();
}

}  // namespace

std::string RenderExplanationJson(const UserReport& report, const ProductCatalog& catalog) {
  const auto& explanation = report.explanation;
  const auto tenant = [&](const TenantKey&) { return explanation.tenant; };
  auto history = report.history ? RenderHistoryJson(*report.history, tenant, catalog) : "null\n";
  history.pop_back();  // Its line end.
  return JsonObject()
             .Text("apiVersion", "seatkeeper/v1")
             .Text("kind", "Explanation")
             .Text("tenant", explanation.tenant)
             .Text("observedAt", FormatTime(explanation.observed_at))
             .Text("policyRevision", explanation.policy_revision)
             .Raw("suspended", List(explanation.suspended, JsonSuspendedBy))
             .Raw("user", JsonUser(explanation))
             .Raw("products", List(explanation.products,
                                   [&](const ProductExplanation& product) {
                                     return JsonProduct(product, explanation);
                                   }))
             .Raw("history", history)
             .Finish() +
         "\n";
}

}  // namespace seatkeeper
