#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/envelope.h"

namespace seatkeeper {

// One reader per kind of document. Each reads `envelope.spec`, reports everything that is wrong
// with it, and returns what could be read; the result counts only when nothing was an error.
// REQUIRES: envelope.spec is a mapping.

LicensePolicy ReadLicensePolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);
ProductPolicy ReadProductPolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);
Guardrails ReadGuardrails(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
