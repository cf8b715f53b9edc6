#include "policy/fields.h"
#include "policy/kinds.h"

namespace seatkeeper {

Approval ReadApproval(const Envelope& envelope) {
  const Fields spec(*envelope.spec);
  Approval approval;
  approval.name = envelope.name;
  approval.at = envelope.name_at;
  approval.tenant = spec.String("tenant").value_or(approval.tenant);
  approval.digest = spec.String("digest").value_or(approval.digest);
  if (auto reason = spec.String("reason")) approval.reason = std::move(reason->value);
  approval.expires = spec.Date("expires").value_or(approval.expires);
  return approval;
}

}  // namespace seatkeeper
