#pragma once

#include "policy/document.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// Whether a policy speaks about this user, by name and not by row.
bool SelectsUser(const Subjects& subjects, const TestUser& user, const TestTenant& tenant);

/// Whether something that the policy names cannot be read; and whether an exception is.
bool HasDoubt(const Subjects& subjects, const TestTenant& tenant);
bool HasDoubtfulException(const Subjects& subjects, const TestTenant& tenant);

}  // namespace seatkeeper::test
