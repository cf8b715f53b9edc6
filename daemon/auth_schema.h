#pragma once

#include "policy/schema/schema.h"

namespace seatkeeper {

/// How an application signs in: `auth` and `readAuth` of a tenant.
extern const schema::Mapping kAuth;

/// The words of `managedIdentity`.
extern const schema::Choice kManagedIdentityWords[2];

}  // namespace seatkeeper
