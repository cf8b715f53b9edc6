#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "daemon/commands/command.h"
#include "daemon/login.h"
#include "daemon/text_file.h"
#include "daemon/user_list.h"
#include "policy/source.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{64} << 20;

Result<void> CheckOptions(const OneOffOptions& options) {
  if (options.reason.find_first_not_of(" \t\n") == std::string::npos) {
    return UsageError("say why with --reason: history keeps it");
  }
  if (options.products.empty() != options.all_products) {
    return UsageError(options.all_products ? "--all-products and --product exclude each other"
                                           : "say which product with --product");
  }
  if (options.users.empty() && options.users_from.empty()) {
    return UsageError("say who is meant with --users or --users-from");
  }
  return {};
}

// The users of the command line, then those of the file.
Result<std::vector<Positioned<std::string>>> NamedUsers(const OneOffOptions& options,
                                                        CommandContext& context) {
  std::vector<Positioned<std::string>> users;
  for (const auto& name : options.users) users.push_back({.value = name, .at = {}});
  if (options.users_from.empty()) return users;
  auto text = ReadBoundedFile(options.users_from, kMaxListBytes);
  if (!text) return std::move(text).error();
  const SourceFile file{.path = options.users_from, .text = *std::move(text)};
  auto list = ReadUserList(file);
  if (!list.findings.empty()) {
    PrintFindings(list.findings, {file}, context.err);
    return MakeError(ErrorKind::kInvalid,
                     options.users_from + " is no list of users: nothing was done");
  }
  std::ranges::move(list.users, std::back_inserter(users));
  return users;
}

}  // namespace

ExitCode RunOneOff(const CommonOptions& common, const OneOffOptions& options,
                   CommandContext& context) {
  if (const auto checked = CheckOptions(options); !checked) return Report(checked.error(), context);
  auto users = NamedUsers(options, context);
  if (!users) return Report(users.error(), context);
  const OneOff one_off{.kind = options.kind,
                       .users = *std::move(users),
                       .products = options.products,
                       .said = fmt::format("{}: {}", Login(), options.reason)};
  const ApplyOptions apply{.plan_file = {},
                           .format = options.format,
                           .yes = options.yes,
                           .full = options.full,
                           .no_policy = options.no_policy};
  return ApplyOneOff(common, apply, one_off, context);
}

}  // namespace seatkeeper
