#include "reconciler/model/object_writer.h"
#include "reconciler/plan/compare_render.h"
#include "reconciler/plan/revision_check.h"

namespace seatkeeper {
namespace {

using Numbers = std::int64_t;

void WriteProduct(ObjectWriter& object, const PlanComparison& comparison, const SkuId& id) {
  object.Text("skuId", id.ToString());
  const auto name = comparison.product_names.find(id);
  object.Text("partNumber", name == comparison.product_names.end() ? id.ToString() : name->second);
}

void WriteSubject(ObjectWriter& object, const ComparedSubject& subject) {
  if (subject.group) {
    object.Object("group", [&](ObjectWriter& group) {
      group.Text("id", subject.group->id.ToString());
      group.Text("displayName", subject.group->display_name);
      group.Number("members", subject.group->members);
    });
    return;
  }
  object.Object("user", [&](ObjectWriter& user) {
    user.Text("id", subject.user.ToString());
    user.Text("userPrincipalName", subject.user_principal_name);
  });
}

void WriteHeld(ObjectWriter& object, const HeldBy& held) {
  object.Text("guardrail", held.guardrail);
  if (held.product) object.Text("skuId", held.product->ToString());
  object.Text("value", held.value);
  object.Text("limit", held.limit);
  object.Text("release", held.release);
  object.Boolean("approvable", held.approvable);
}

void WritePart(ObjectWriter& object, const PlanComparison& comparison, const ComparedPart& part) {
  object.Text("difference", ToString(part.difference));
  WriteProduct(object, comparison, part.product);
  object.Ids("disabledPlans", part.disabled_plans);
  if (part.instead) {
    object.Object("instead",
                  [&](ObjectWriter& instead) { WriteProduct(instead, comparison, *part.instead); });
    object.Boolean("upward", part.upward);
  }
  object.Text("verdict", ToString(part.verdict));
  object.Texts("risk", part.risk);
  object.Objects("held", part.held, WriteHeld);
  if (part.origin.policy.empty()) return;
  object.Object("origin", [&](ObjectWriter& origin) {
    origin.Text("policy", part.origin.policy);
    origin.Text("file", part.origin.at.file);
    origin.Number("line", part.origin.at.line);
  });
}

}  // namespace

std::string RenderComparisonJson(const PlanComparison& comparison) {
  std::string out;
  ObjectWriter root(out);
  root.Text("apiVersion", "seatkeeper/v1");
  root.Text("kind", "Comparison");
  root.Text("tenant", comparison.tenant);
  root.Text("observedAt", FormatTime(comparison.observed_at));
  root.Text("baseRevision", comparison.base_revision);
  root.Text("policyRevision", comparison.policy_revision);
  root.Objects("products", comparison.products,
               [&](ObjectWriter& object, const ComparedProduct& product) {
                 WriteProduct(object, comparison, product.id);
                 object.Number("purchased", product.purchased);
                 object.Number("base", product.base);
                 object.Number("after", product.after);
                 object.Number("baseShort", product.base_short);
                 object.Number("afterShort", product.after_short);
               });
  root.Objects("monthlyCost", comparison.costs, [](ObjectWriter& object, const ComparedCost& cost) {
    object.Text("currency", cost.currency);
    object.Text("base", cost.base.ToString());
    object.Text("after", cost.after.ToString());
    object.Text("change", cost.Change(false));
  });
  root.Objects(
      "withoutPrice", comparison.without_price,
      [&](ObjectWriter& object, const SkuId& id) { WriteProduct(object, comparison, id); });
  root.Objects("suspicions", comparison.suspicions, WriteHeld);
  root.Objects(
      "changes", comparison.subjects, [&](ObjectWriter& object, const ComparedSubject& subject) {
        WriteSubject(object, subject);
        object.Objects("parts", subject.parts, [&](ObjectWriter& inner, const ComparedPart& part) {
          WritePart(inner, comparison, part);
        });
      });
  root.Texts("newWarnings", comparison.warnings);
  root.Texts("settledWarnings", comparison.settled);
  root.End();
  return out + "\n";
}

}  // namespace seatkeeper
