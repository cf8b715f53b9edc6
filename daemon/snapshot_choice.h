#pragma once

#include <optional>
#include <string_view>

#include "daemon/cli.h"
#include "policy/document.h"
#include "policy/result.h"
#include "reconciler/file/pseudonyms.h"
#include "reconciler/model/property_set.h"

namespace seatkeeper {

/// What a snapshot takes along beside what planning needs, and how it calls people.
struct SnapshotChoice {
  PropertySet also;
  std::optional<Pseudonyms> pseudonyms;  ///< Nothing: people keep their names.
};

/// From the options. `policies` is nullptr where there is no policy that loads. kUsage where the
/// options contradict each other or name no property; kInvalid, at the rule, where a rule asks for
/// what pseudonyms do not tell; what ReadSecretFile says of the key.
Result<SnapshotChoice> ChooseSnapshot(const SnapshotOptions& options, const PolicySet* policies,
                                      std::string_view tenant);

}  // namespace seatkeeper
