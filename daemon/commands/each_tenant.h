#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/cli.h"
#include "daemon/commands/command.h"
#include "daemon/config.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// Does something for one tenant in the store, as the word of whoever runs this process, and says
/// in a line what has come of it.
using ActInStore = std::function<Result<std::string>(Store& store, const TenantConfig& tenant,
                                                     const SuspendedBy& word)>;

/// Does it for every tenant that the command names. Needs no lease: a daemon or an apply may run
/// beside it. Stops at the first that fails.
ExitCode ForEachTenant(const CommonOptions& common, const std::string& reason,
                       const ActInStore& act, CommandContext& context);

/// A store that is there already: a command that only asks it makes none.
Result<std::unique_ptr<Store>> OpenExistingStore(const std::string& path);

}  // namespace seatkeeper
