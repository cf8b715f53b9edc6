#pragma once

#include "policy/document.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// Whether a policy speaks about this user, by name and not by row.
bool SelectsUser(const Subjects& subjects, const TestUser& user, const TestTenant& tenant);

/// Whether something that the policy names cannot be read; and whether an exception is.
bool HasDoubt(const Subjects& subjects, const TestTenant& tenant);
bool HasDoubtfulException(const Subjects& subjects, const TestTenant& tenant);

/// Whether any Guardrails document protects the user.
bool IsProtected(const TestUser& user, const PolicySet& policies, const TestTenant& tenant);
/// Whether any protects somebody who cannot be found.
bool HasUnknownProtected(const PolicySet& policies, const TestTenant& tenant);

/// Whether the strictest word on mailboxes is that they may go.
bool MailboxesMayGo(const PolicySet& policies);

}  // namespace seatkeeper::test
