#include "daemon/commands/command.h"
#include "daemon/commands/logged_runtime.h"
#include "daemon/json_object.h"
#include "daemon/tenant_reading.h"
#include "policy/rule/lint.h"
#include "policy/rule/parser.h"
#include "reconciler/plan/agents.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/plan/selection.h"

namespace seatkeeper {
namespace {

// A rule on the command line is shown like one in a file.
SourcePosition InRule(std::size_t offset) {
  return {.file = "rule", .line = 1, .column = static_cast<int>(offset) + 1};
}

Diagnostic ToDiagnostic(const rule::ParseError& error) {
  return {.severity = Severity::kError,
          .code = error.code,
          .message = error.message,
          .hint = error.hint,
          .at = InRule(error.offset),
          .length = static_cast<int>(error.length)};
}

Diagnostic ToDiagnostic(const rule::Lint& lint) {
  return {.severity = Severity::kWarning,
          .code = lint.code,
          .message = lint.message,
          .hint = lint.hint,
          .at = InRule(lint.offset.value_or(0)),
          .length = static_cast<int>(lint.length)};
}

// What was picked, over all tenants: lines of text, or one JSON array with an entry per line.
class Picked {
 public:
  explicit Picked(OutputFormat format) : format_(format) {}

  void Add(const std::string& tenant, const UserTable& users, Row row) {
    if (format_ != OutputFormat::kJson) {
      text_ += Printable(users.user_principal_name(row)) + "\t" + users.id(row).ToString() + "\t" +
               Printable(users.display_name(row)) + "\n";
      return;
    }
    text_ += text_.empty() ? "\n" : ",\n";
    text_ += JsonObject()
                 .Text("tenant", tenant)
                 .Text("id", users.id(row).ToString())
                 .Text("userPrincipalName", users.user_principal_name(row))
                 .Text("displayName", users.display_name(row))
                 .Finish();
  }

  std::string Render() const {
    return format_ == OutputFormat::kJson ? "[" + text_ + "\n]\n" : text_;
  }

 private:
  OutputFormat format_;
  std::string text_;
};

}  // namespace

ExitCode RunSelect(const CommonOptions& common, const SelectOptions& options,
                   CommandContext& context) {
  const std::vector<SourceFile> files{{.path = "rule", .text = options.rule}};
  const auto parsed = rule::Parse(options.rule);
  if (const auto* error = std::get_if<rule::ParseError>(&parsed)) {
    PrintFindings({ToDiagnostic(*error)}, files, context.err);
    return ExitCode::kInvalid;
  }
  const auto& rule = std::get<rule::Expression>(parsed);
  std::vector<Diagnostic> findings;
  for (const auto& lint : rule::FindLints(rule, options.rule)) {
    findings.push_back(ToDiagnostic(lint));
  }
  PrintFindings(findings, files, context.err);
  const auto workplace = OpenWorkplace(common, options.snapshot, context);
  if (!workplace) return Report(workplace.error(), context);
  LoggedRuntime logged(common, context);
  Runtime& runtime = *logged;
  ReadRequest needs{.properties = PlanningProperties(), .groups = {}, .links = {}};
  AddNeeds(rule, needs);
  auto code = ExitCode::kOk;
  Picked picked(options.format);
  for (const auto& tenant : workplace->tenants) {
    const auto observed = ReadTenant(runtime, tenant, needs);
    if (!observed) {
      code = Combine(code, Report(observed.error(), context));
      continue;
    }
    const auto& users = observed->users;
    auto selected = RuleEvaluator(*observed, runtime.clock().Now()).Evaluate(rule);
    for (const auto& link : selected.unresolved) {
      code = Combine(code, Report({.kind = ErrorKind::kNotFound,
                                   .message = DescribeUnresolved(link, *observed, InRule(0)),
                                   .position = {},
                                   .service = {}},
                                  context));
    }
    const auto matching = selected.rows.Count();
    KeepPeople(users, selected.rows);
    selected.rows.ForEach([&](Row row) { picked.Add(tenant.name, users, row); });
    context.err << tenant.name << ": " << selected.rows.Count() << " of "
                << Count(users.size(), "user");
    if (const auto others = matching - selected.rows.Count(); others > 0) {
      context.err << "; " << Count(others, "account") << " left out, for policies are for people";
    }
    context.err << "\n";
  }
  // All tenants or none: half a list would pass for a whole one.
  if (code == ExitCode::kOk) context.out << picked.Render();
  return code;
}

}  // namespace seatkeeper
