#pragma once

#include <span>
#include <string_view>

#include "policy/schema/schema.h"

namespace seatkeeper::schema {

extern const Kind kLicensePolicy;
extern const Kind kProductLadder;
extern const Kind kProductPolicy;
extern const Kind kGuardrails;
extern const Kind kApproval;
extern const Kind kPolicyTest;

/// All kinds of policy documents, in the order of DocumentKind.
std::span<const Kind* const> PolicyKinds();

/// What can be asked of a document that does not say its kind.
extern const Value kAnyDocument;

// Parts of several kinds.
extern const Choice kApiVersions[1];
extern const Value kProduct;           ///< One product.
extern const Value kGroup;             ///< One group.
extern const Value kUser;              ///< One user.
extern const Mapping kTenantsAndName;  ///< `metadata` of most kinds.
extern const Mapping kNameOnly;        ///< `metadata` of kinds that no tenant chooses.
extern const Mapping kCeilings;        ///< Of the config: figures that no Guardrails may exceed.

// The words of a key, in the order of the enumeration in document.h that they stand for.
extern const Choice kManagementWords[4];
extern const Choice kNewPlansWords[3];
extern const Choice kPricePeriodWords[2];
extern const Choice kDeliveryWords[2];
extern const Choice kMailboxLossWords[3];
extern const Choice kDayWords[7];

}  // namespace seatkeeper::schema
