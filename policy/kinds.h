#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/envelope.h"

namespace seatkeeper {

// One reader per kind of document. Each fetches what `envelope.spec` says, reports what its schema
// cannot know (rules, products, values that do not go together), and returns what could be read;
// the result counts only when nothing was an error.
// REQUIRES: envelope.spec is a mapping that schema::Check looked at.

LicensePolicy ReadLicensePolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);
ProductPolicy ReadProductPolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);
ProductLadder ReadProductLadder(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);
Guardrails ReadGuardrails(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);
Approval ReadApproval(const Envelope& envelope);
PolicyTest ReadPolicyTest(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);

/// `ceilings` of the config, which are figures of Guardrails. REQUIRES: a mapping that
/// schema::Check looked at.
Ceilings ReadCeilings(const yaml::Node& node);

/// A document that begins with what its envelope says: name, place and tenants.
template <typename Document>
Document Begin(const Envelope& envelope) {
  Document document;
  document.name = envelope.name;
  document.at = envelope.name_at;
  document.tenants = envelope.tenants;
  return document;
}

}  // namespace seatkeeper
