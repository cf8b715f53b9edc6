#include "policy/schema/envelope.h"
#include "policy/schema/format.h"

namespace seatkeeper::schema {
namespace {

constexpr Key kSpecKeys[] = {
    {.key = "tenant",
     .status = Status::kRequired,
     .about = "The tenant whose changes are held",
     .example = R"("contoso")"},
    {.key = "digest",
     .status = Status::kRequired,
     .about = "The digest of what is held, as the plan shows it",
     .value = {.format = &kDigest}},
    {.key = "reason",
     .status = Status::kRequired,
     .about = "Why it may happen",
     .example = R"("leavers of November")"},
    {.key = "expires",
     .status = Status::kRequired,
     .about = "The last day (UTC) on which it releases anything",
     .value = {.format = &kDate},
     .example = R"("2026-12-01")"},
};
constexpr Mapping kSpec{.keys = kSpecKeys};
constexpr Choice kWord[] = {{"Approval", "releases what a guardrail holds"}};
constexpr auto kKeys = DocumentKeys(kWord, kNameOnly, kSpec);
constexpr Mapping kDocument{.keys = kKeys};

}  // namespace

const Kind kApproval{.name = "Approval",
                     .about = "Releases exactly the changes that a guardrail holds under a digest",
                     .document = {.type = Type::kMapping, .mapping = &kDocument}};

}  // namespace seatkeeper::schema
