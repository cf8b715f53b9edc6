#include <algorithm>

#include "daemon/commands/command.h"
#include "daemon/json_object.h"
#include "daemon/policy_source.h"

namespace seatkeeper {
namespace {

std::string RenderJson(const LoadedPolicies& loaded) {
  JsonArray findings;
  for (const auto& finding : loaded.diagnostics) {
    findings.Raw(JsonObject()
                     .Text("severity", finding.severity == Severity::kError ? "error" : "warning")
                     .Text("code", finding.code)
                     .Text("message", finding.message)
                     .Text("hint", finding.hint)
                     .Text("file", finding.at.file)
                     .Number("line", finding.at.line)
                     .Number("column", finding.at.column)
                     .Number("length", finding.length)
                     .Finish());
  }
  return JsonObject().Boolean("valid", loaded.ok()).Raw("findings", findings.Finish()).Finish() +
         "\n";
}

struct Checked {
  std::vector<std::string> paths;
  LoadOptions options;
};

// Which files, and which tenants they may name. Works without a config where the paths are given.
Result<Checked> WhatToCheck(const CommonOptions& common, const ValidateOptions& options,
                            CommandContext& context) {
  Checked checked{.paths = options.paths, .options = {.tenants = common.tenants}};
  if (checked.paths.empty() && !common.policy.empty()) checked.paths = {common.policy};
  if (!checked.paths.empty() && !common.config_given) return checked;
  auto config = OpenConfig(common, context);
  if (!config) return std::move(config).error();
  if (checked.paths.empty()) checked.paths = {config->policy_path};
  if (common.tenants.empty()) {
    for (const auto& tenant : config->tenants) checked.options.tenants.push_back(tenant.name);
  }
  return checked;
}

Result<std::vector<SourceFile>> ReadAll(const std::vector<std::string>& paths) {
  std::vector<SourceFile> files;
  for (const auto& path : paths) {
    auto tree = ReadPolicyTree(path);
    if (!tree) {
      auto error = std::move(tree).error();
      if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kInvalid;
      return error;
    }
    for (auto& file : tree->files) {
      const bool known = std::any_of(files.begin(), files.end(),
                                     [&](const auto& each) { return each.path == file.path; });
      if (!known) files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace

ExitCode RunValidate(const CommonOptions& common, const ValidateOptions& options,
                     CommandContext& context) {
  const auto checked = WhatToCheck(common, options, context);
  if (!checked) return Report(checked.error(), context);
  const auto files = ReadAll(checked->paths);
  if (!files) return Report(files.error(), context);
  const auto loaded = LoadPolicies(*files, checked->options);
  const bool nothing = loaded.ok() && loaded.policies.empty();
  if (options.format == OutputFormat::kJson) {
    context.out << RenderJson(loaded);
  } else {
    PrintFindings(loaded.diagnostics, *files, context.out);
  }
  if (nothing) {
    return Report({.kind = ErrorKind::kInvalid,
                   .message = "there is no policy document in " + checked->paths.front(),
                   .position = {},
                   .service = {}},
                  context);
  }
  const auto errors = static_cast<std::size_t>(
      std::count_if(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                    [](const auto& finding) { return finding.severity == Severity::kError; }));
  context.err << Count(files->size(), "file") << ", " << Count(errors, "error") << ", "
              << Count(loaded.diagnostics.size() - errors, "warning") << "\n";
  return errors == 0 ? ExitCode::kOk : ExitCode::kInvalid;
}

}  // namespace seatkeeper
