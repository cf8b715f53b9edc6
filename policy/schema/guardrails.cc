#include <limits>

#include "policy/schema/envelope.h"
#include "policy/schema/format.h"

namespace seatkeeper::schema {
namespace {

constexpr double kMaxCount = std::numeric_limits<int>::max();

constexpr Key kPercentKey{.key = "percent",
                          .about = "Percent of the seats",
                          .value = {.type = Type::kNumber, .min = 0, .max = 100},
                          .example = "5"};
constexpr Key kAmountKeys[] = {
    {.key = "seats",
     .about = "So many seats",
     .value = {.type = Type::kInt, .min = 0, .max = kMaxCount},
     .example = "25"},
    kPercentKey,
};
constexpr std::string_view kAmountKeyNames[] = {"seats", "percent"};
constexpr Together kSomeAmount[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kAmountKeyNames,
     .refusal = {"no-limit", "limits nothing",
                 "give seats, percent or both; only an explicit off lifts the limit"}},
};
constexpr Mapping kAmount{.keys = kAmountKeys, .together = kSomeAmount};
constexpr Value kAmountOrOff{.type = Type::kMapping,
                             .word = "off",
                             .mapping = &kAmount,
                             .hint = "write {seats: 25, percent: 5}, or off to lift the limit"};

constexpr Key kLossKeys[] = {{.key = "percent",
                              .status = Status::kRequired,
                              .about = "Percent of the users",
                              .value = {.type = Type::kNumber, .min = 0, .max = 100},
                              .example = "10"}};
constexpr Mapping kLoss{.keys = kLossKeys};

constexpr Refusal kNamesNobody{"empty-list", "names nobody", "leave the key out, or name somebody"};
constexpr Key kProtectedKeys[] = {
    {.key = "groups",
     .about = "Members of these groups, nested ones included",
     .value = {.type = Type::kList, .items = &kGroup, .not_empty = &kNamesNobody},
     .example = R"(["Break Glass"])"},
    {.key = "users",
     .about = "These users",
     .value = {.type = Type::kList, .items = &kUser, .not_empty = &kNamesNobody},
     .example = R"(["ceo@contoso.com"])"},
};
constexpr std::string_view kProtectedKeyNames[] = {"groups", "users"};
constexpr Together kSomebody[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kProtectedKeyNames,
     .refusal = {"no-subjects", "protects nobody", "name groups, users or both"}},
};
constexpr Mapping kProtected{.keys = kProtectedKeys, .together = kSomebody};

constexpr Value kDay{.choices = kDayWords};
constexpr Refusal kNoDay{"empty-list", "names no day", "name the days, as in [mon, tue]"};
constexpr Key kWindowKeys[] = {
    {.key = "days",
     .status = Status::kRequired,
     .about = "The days on which it opens",
     .value = {.type = Type::kList, .items = &kDay, .not_empty = &kNoDay, .distinct = true},
     .example = R"(["mon", "tue", "wed", "thu"])"},
    {.key = "from",
     .status = Status::kRequired,
     .about = "When it opens",
     .value = {.format = &kTimeOfDay},
     .example = R"("09:00")"},
    {.key = "to",
     .status = Status::kRequired,
     .about = "When it closes; at or before `from`: on the next day",
     .value = {.format = &kTimeOfDay},
     .example = R"("17:00")"},
    {.key = "timezone",
     .status = Status::kRequired,
     .about = "In which time zone",
     .value = {.format = &kTimeZone},
     .example = R"("Europe/Paris")"},
};
constexpr Mapping kWindow{.keys = kWindowKeys};
constexpr Value kWindowValue{.type = Type::kMapping, .mapping = &kWindow};

constexpr Key kFreezeKeys[] = {
    {.key = "from",
     .status = Status::kRequired,
     .about = "The first day (UTC)",
     .value = {.format = &kDate},
     .example = R"("2026-12-20")"},
    {.key = "to",
     .status = Status::kRequired,
     .about = "The last day (UTC)",
     .value = {.format = &kDate},
     .example = R"("2027-01-03")"},
    {.key = "reason", .about = "Why, for whoever sees the plan", .example = R"("year end")"},
};
constexpr Mapping kFreeze{.keys = kFreezeKeys};
constexpr Value kFreezeValue{.type = Type::kMapping, .mapping = &kFreeze};

constexpr Refusal kNoWindow{"empty-list", "names no window", "leave the key out, or name one"};
constexpr Refusal kNoFreeze{"empty-list", "names no freeze", "leave the key out, or name one"};

constexpr Key kSpecKeys[] = {
    {.key = "maxUnassign",
     .about = "How many seats of a product may be lost within 24 hours; more holds all removals "
              "of that product. Where nothing is said: {seats: 25, percent: 5}",
     .value = kAmountOrOff,
     .example = R"({"seats": 25, "percent": 5})"},
    {.key = "maxAssign",
     .about = "How many seats of a product may be given within 24 hours, the larger of the two; "
              "more holds all additions of that product. Where nothing is said: "
              "{seats: 500, percent: 10}",
     .value = kAmountOrOff,
     .example = R"({"seats": 500, "percent": 10})"},
    {.key = "maxChanges",
     .about = "How many changes one cycle may make; more holds them all. Where nothing is said: "
              "1000",
     .value = {.type = Type::kInt,
               .word = "off",
               .min = 1,
               .max = kMaxCount,
               .hint = "write 1000, or off to lift the limit"},
     .example = "1000"},
    {.key = "maxUserLoss",
     .about = "How many users may be gone since the last accepted reading; more holds all removals "
              "of the tenant. Where nothing is said: {percent: 10}",
     .value = {.type = Type::kMapping,
               .word = "off",
               .mapping = &kLoss,
               .hint = "write {percent: 10}, or off to lift the limit"},
     .example = R"({"percent": 10})"},
    {.key = "protected",
     .about = "Who never loses anything",
     .value = {.type = Type::kMapping, .mapping = &kProtected},
     .example = R"({"groups": ["Break Glass"], "users": ["ceo@contoso.com"]})"},
    {.key = "mailboxLoss",
     .about = "Removals that would delete a mailbox",
     .value = {.choices = kMailboxLossWords},
     .by_default = R"("approve")"},
    {.key = "windows",
     .about = "When removals and swaps may happen; outside of them they wait. Of every document "
              "that names windows, one has to be open",
     .value = {.type = Type::kList, .items = &kWindowValue, .not_empty = &kNoWindow}},
    {.key = "freezes",
     .about = "Days on which removals and swaps wait",
     .value = {.type = Type::kList, .items = &kFreezeValue, .not_empty = &kNoFreeze}},
};
constexpr Mapping kSpec{.keys = kSpecKeys};

// As in a document, but nothing is lifted here: a ceiling that is not wanted is left out.
constexpr Value kCeilingAmount{.type = Type::kMapping, .mapping = &kAmount};
constexpr Key kCeilingKeys[] = {
    {.key = "maxUnassign",
     .about = "The most that `maxUnassign` may come to",
     .value = kCeilingAmount,
     .example = R"({"seats": 250, "percent": 20})"},
    {.key = "maxAssign",
     .about = "The most that `maxAssign` may come to",
     .value = kCeilingAmount,
     .example = R"({"seats": 2000})"},
    {.key = "maxChanges",
     .about = "The most that `maxChanges` may come to",
     .value = {.type = Type::kInt, .min = 1, .max = kMaxCount},
     .example = "5000"},
};
constexpr std::string_view kCeilingKeyNames[] = {"maxUnassign", "maxAssign", "maxChanges"};
constexpr Together kSomeCeiling[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kCeilingKeyNames,
     .refusal = {"no-limit", "limits nothing",
                 "give maxUnassign, maxAssign or maxChanges, or leave `ceilings` out"}},
};

constexpr Choice kWord[] = {{"Guardrails", "limits on what one plan may do"}};
constexpr auto kKeys = DocumentKeys(kWord, kTenantsAndName, kSpec);
constexpr Mapping kDocument{.keys = kKeys};

}  // namespace

const Choice kMailboxLossWords[3] = {
    {"allow", "they go like others"},
    {"approve", "they are held until somebody approves them, or the policy says `allow`"},
    {"deny", "they never go"},
};
const Choice kDayWords[7] = {{"mon", ""}, {"tue", ""}, {"wed", ""}, {"thu", ""},
                             {"fri", ""}, {"sat", ""}, {"sun", ""}};

const Mapping kCeilings{.keys = kCeilingKeys, .together = kSomeCeiling};

const Kind kGuardrails{.name = "Guardrails",
                       .about = "Limits on what a plan may do; the strictest document holds",
                       .document = {.type = Type::kMapping, .mapping = &kDocument}};

}  // namespace seatkeeper::schema
