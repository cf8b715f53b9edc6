#pragma once

#include <optional>
#include <vector>

#include "daemon/config_tenant.h"
#include "daemon/sign_in.h"
#include "policy/fields.h"

namespace seatkeeper {

/// Reads `auth` of a tenant, and from the environment what it leaves out: as Azure's own libraries,
/// a secret before a certificate before a federated token. Reports what is said nowhere. Part of
/// ReadTenant.
SignIn ReadAuth(const Fields& tenant, const ConfigPlace& place,
                std::vector<Diagnostic>& diagnostics);

/// Reads `readAuth`, which has to say everything itself: the environment's variables speak of who
/// changes. Only its token file (a pod has one, whoever it signs in as) and the place of managed
/// identities come from there. Must not be the same application as `changing`. Nothing where the
/// tenant has none.
std::optional<SignIn> ReadReadAuth(const Fields& tenant, const SignIn& changing,
                                   const ConfigPlace& place, std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
