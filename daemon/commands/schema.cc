#include <algorithm>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/comparison_schema.h"
#include "daemon/config_schema.h"
#include "daemon/json_schema.h"
#include "daemon/plan_schema.h"
#include "daemon/waste_schema.h"
#include "policy/schema/kinds.h"
#include "policy/text.h"

namespace seatkeeper {

ExitCode RunSchema(const SchemaOptions& options, CommandContext& context) {
  const auto policies = schema::PolicyKinds();
  std::vector<const schema::Kind*> kinds(policies.begin(), policies.end());
  kinds.push_back(&kConfigKind);
  if (options.kind.empty()) {
    context.out << RenderSchema(kinds);
    return ExitCode::kOk;
  }
  if (EqualsIgnoreCase(kPlanKind, options.kind)) {
    context.out << PlanSchema();
    return ExitCode::kOk;
  }
  if (EqualsIgnoreCase(kComparisonKind, options.kind)) {
    context.out << ComparisonSchema();
    return ExitCode::kOk;
  }
  if (EqualsIgnoreCase(kReportKind, options.kind)) {
    context.out << ReportSchema();
    return ExitCode::kOk;
  }
  std::vector<std::string_view> names;
  std::string list;
  for (const auto* kind : kinds) {
    if (EqualsIgnoreCase(kind->name, options.kind)) {
      context.out << RenderSchema(*kind);
      return ExitCode::kOk;
    }
    names.push_back(kind->name);
    list += (list.empty() ? "" : ", ") + std::string(kind->name);
  }
  for (const auto kind : {kPlanKind, kComparisonKind, kReportKind}) {
    names.push_back(kind);
    list += ", " + std::string(kind);
  }
  const auto nearest = SuggestNearest(options.kind, names);
  return Report(UsageError("there is no kind " + Quoted(options.kind) + "; " +
                           (nearest.empty() ? "there are: " + list : nearest)),
                context);
}

}  // namespace seatkeeper
