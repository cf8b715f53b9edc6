#include "daemon/notify_schema.h"

#include <span>
#include <string_view>

#include "daemon/config_schema.h"

namespace seatkeeper {
namespace {

using schema::Key;
using schema::Mapping;
using schema::Refusal;
using schema::Status;
using schema::Together;
using schema::Type;
using schema::Value;

constexpr Refusal kInlineAddress{"inline-secret",
                                 "an address that lets who knows it write must not "
                                 "stand in the config",
                                 "put it into a file of its own and name that: urlFile"};
constexpr Refusal kInlineKey{"inline-secret", "a secret must not stand in the config",
                             "put it into a file of its own and name that: secretFile"};
constexpr Refusal kNoEvents{"empty-list", "names no event", "leave it out for all of them"};
constexpr Refusal kNoTenants{"empty-list", "names no tenant", "leave it out for all of them"};

constexpr Value kEventValue{.choices = kNewsKindWords};
constexpr Value kTenantItem{.format = &kTenantName};

constexpr Key kKeys[] = {
    {.key = "name",
     .about = "What logs call it; else its type and its place in the list",
     .value = {.format = &kTenantName},
     .example = R"("operations")"},
    {.key = "type",
     .status = Status::kRequired,
     .about = "How it is told",
     .value = {.choices = kNotifyTypeWords}},
    {.key = "urlFile",
     .about = "The file that holds the address; relative to this file. Read anew every time",
     .example = R"("/run/secrets/slack")"},
    {.key = "urlVariable",
     .about = "Or the environment variable that holds it",
     .example = R"("SEATKEEPER_SLACK_URL")"},
    {.key = "url",
     .status = Status::kRefused,
     .about = "Whoever knows the address may write there",
     .refusal = &kInlineAddress},
    {.key = "secretFile",
     .about = "With `type: webhook`, the file that holds what messages are signed with; likewise",
     .example = R"("/run/secrets/webhook")"},
    {.key = "secretVariable",
     .about = "Or the environment variable that holds it",
     .example = R"("SEATKEEPER_WEBHOOK_SECRET")"},
    {.key = "secret",
     .status = Status::kRefused,
     .about = "Secrets stand in files of their own",
     .refusal = &kInlineKey},
    {.key = "caFile", .about = "Further certificate authorities, PEM; relative to this file"},
    {.key = "events",
     .about = "What it is told; omitted: everything",
     .value = {.type = Type::kList, .items = &kEventValue, .not_empty = &kNoEvents}},
    {.key = "tenants",
     .about = "Of which tenants; omitted: of all. What is wrong with the policy concerns all",
     .value = {.type = Type::kList, .items = &kTenantItem, .not_empty = &kNoTenants}},
};

constexpr std::string_view kAddressKeys[] = {"urlFile", "urlVariable"};
constexpr std::string_view kSecretKeys[] = {"secretFile", "secretVariable"};
constexpr Refusal kOneAddress{"both-addresses", "the address stands in one place",
                              "keep one of the two"};
constexpr Refusal kOneSecret{"both-secrets", "the secret stands in one place",
                             "keep one of the two"};
constexpr Refusal kNotSigned{"misplaced-key", "", "leave it out: only a webhook is signed"};
constexpr Together kDemands[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kAddressKeys,
     .refusal = {"missing-key", "does not say where to", "add the key `urlFile`"}},
    {.kind = Together::Kind::kNotBoth, .keys = kAddressKeys, .refusal = kOneAddress},
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kSecretKeys,
     .refusal = {"missing-key", "does not say what it is signed with", "add the key `secretFile`"},
     .when = "type",
     .is = "webhook"},
    {.kind = Together::Kind::kNotBoth, .keys = kSecretKeys, .refusal = kOneSecret},
    {.kind = Together::Kind::kExcludes,
     .keys = kSecretKeys,
     .refusal = kNotSigned,
     .when = "type",
     .is = "slack"},
    {.kind = Together::Kind::kExcludes,
     .keys = kSecretKeys,
     .refusal = kNotSigned,
     .when = "type",
     .is = "teams"},
};

}  // namespace

const Mapping kNotifyTarget{.keys = kKeys, .together = kDemands};

const schema::Choice kNotifyTypeWords[3] = {
    {"webhook", "JSON with a signature"},
    {"slack", "an incoming webhook of Slack"},
    {"teams", "a workflow of Microsoft Teams that takes a card"},
};
const schema::Choice kNewsKindWords[5] = {
    {"held", "a guardrail holds something"},
    {"applied", "changes were made"},
    {"failed", "a cycle failed, or changes did"},
    {"shortage", "seats are missing"},
    {"policy-error", "the newest policy does not load"},
};

}  // namespace seatkeeper
