#pragma once

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

}  // namespace seatkeeper
