#include "policy/schema/envelope.h"

#include "policy/schema/format.h"

namespace seatkeeper::schema {
namespace {

constexpr Key kNameKey{.key = "name",
                       .status = Status::kRequired,
                       .about = "A name that no other document of this kind has",
                       .value = {.format = &kName},
                       .example = R"("engineering")"};

constexpr Value kTenantName{};
constexpr Refusal kNoTenant{"empty-list", "names no tenant",
                            "name tenants, or [all], or leave the key out"};

constexpr Value kLabelValue{};
constexpr Mapping kSelector{.keys = {}, .others = &kLabelValue};

constexpr Key kTenantsAndNameKeys[] = {
    kNameKey,
    {.key = "tenants",
     .about = "The tenants it is for, or [all]; may be left out where only one is configured",
     .value = {.type = Type::kList,
               .items = &kTenantName,
               .not_empty = &kNoTenant,
               .distinct = true,
               .alone = "all"},
     .example = R"(["contoso"])"},
    {.key = "tenantSelector",
     .status = Status::kLater,
     .about = "The tenants whose labels have all these values",
     .value = {.type = Type::kMapping, .mapping = &kSelector},
     .example = R"({"tier": "gold"})"},
};
constexpr std::string_view kTenantsOrSelector[] = {"tenants", "tenantSelector"};
constexpr Together kOneWayToName[] = {
    {.kind = Together::Kind::kNotBoth,
     .keys = kTenantsOrSelector,
     .refusal = {"both-tenant-keys", "`tenants` and `tenantSelector` stand together",
                 "keep the one that says what is meant"}},
};
constexpr Key kNameOnlyKeys[] = {kNameKey};

constexpr Value kAnything{.type = Type::kAny};
constexpr Key kAnyDocumentKeys[] = {
    {.key = "apiVersion", .status = Status::kRequired, .value = {.type = Type::kAny}},
    {.key = "kind", .status = Status::kRequired},
};
constexpr Mapping kAnyDocumentMapping{.keys = kAnyDocumentKeys, .others = &kAnything};

const Kind* const kPolicyKinds[] = {&kLicensePolicy, &kProductPolicy, &kGuardrails,
                                    &kProductLadder, &kApproval,      &kPolicyTest};

}  // namespace

const Choice kApiVersions[1] = {{kApiVersion, "this version"}};

const Mapping kTenantsAndName{.keys = kTenantsAndNameKeys, .together = kOneWayToName};
const Mapping kNameOnly{.keys = kNameOnlyKeys};

const Value kAnyDocument{.type = Type::kMapping, .mapping = &kAnyDocumentMapping};
const Value kProduct{};
const Value kGroup{};
const Value kUser{};

std::span<const Kind* const> PolicyKinds() { return kPolicyKinds; }

}  // namespace seatkeeper::schema
