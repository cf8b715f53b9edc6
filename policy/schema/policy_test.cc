#include <limits>

#include "policy/schema/envelope.h"
#include "policy/schema/format.h"

namespace seatkeeper::schema {
namespace {

constexpr double kMaxSeats = std::numeric_limits<int>::max();

constexpr Value kAnything{.type = Type::kAny};
constexpr Key kUserKeys[] = {
    {.key = "userPrincipalName",
     .status = Status::kRequired,
     .about = "What the test calls the user",
     .example = R"("ada@contoso.com")"},
};
// Every other property as Graph has it: `department`, `accountEnabled` ... Which there are, the
// reader of the kind knows (test_user.h).
constexpr Mapping kTestUser{.keys = kUserKeys, .others = &kAnything};
constexpr Value kTestUserValue{.type = Type::kMapping, .mapping = &kTestUser};
constexpr Refusal kNoUser{"empty-list", "names no user",
                          "make up at least one, as in [{userPrincipalName: ada@contoso.com}]"};

constexpr Value kMember{};
constexpr Key kGroupKeys[] = {
    {.key = "displayName",
     .status = Status::kRequired,
     .about = "The name by which policies know it",
     .example = R"("Contractors")"},
    {.key = "id",
     .about = "Its object id, where a policy names the group by that",
     .value = {.format = &kGuid},
     .example = R"("6f2b0d1c-5b0a-4c7e-9d3e-2a1b3c4d5e6f")"},
    {.key = "members",
     .status = Status::kRequired,
     .about = "Users of the test, and other groups of it by their names; [] for nobody",
     .value = {.type = Type::kList, .items = &kMember, .distinct = true},
     .example = R"(["ada@contoso.com"])"},
};
constexpr Mapping kGroupMapping{.keys = kGroupKeys};
constexpr Value kGroupValue{.type = Type::kMapping, .mapping = &kGroupMapping};

constexpr Key kProductKey{.key = "product",
                          .status = Status::kRequired,
                          .about = "Part number, SKU id or product name",
                          .example = R"("SPE_E5")"};
constexpr Key kSeatsKeys[] = {
    kProductKey,
    {.key = "purchased",
     .status = Status::kRequired,
     .about = "How many seats of it there are, those in use included",
     .value = {.type = Type::kInt, .min = 0, .max = kMaxSeats},
     .example = "1"},
};
constexpr Mapping kSeatsMapping{.keys = kSeatsKeys};
constexpr Value kSeatsValue{.type = Type::kMapping, .mapping = &kSeatsMapping};

constexpr Value kPlanName{};
constexpr Value kPlanNames{.type = Type::kList, .items = &kPlanName, .distinct = true};
constexpr Key kHoldsKeys[] = {
    {.key = "user",
     .status = Status::kRequired,
     .about = "The userPrincipalName of one of `users`",
     .example = R"("ada@contoso.com")"},
    kProductKey,
    {.key = "disabledPlans",
     .about = "The service plans of it that are off",
     .value = kPlanNames,
     .by_default = "[]",
     .example = R"(["YAMMER_ENTERPRISE"])"},
    {.key = "group",
     .about = "The group of the test that it comes from; without, it is held directly",
     .example = R"("All Staff")"},
    {.key = "owned",
     .about = "Seatkeeper assigned it itself: what `management: owned` may take",
     .value = {.type = Type::kBool},
     .by_default = "false"},
};
constexpr Mapping kHolds{.keys = kHoldsKeys};
constexpr Value kHoldsValue{.type = Type::kMapping, .mapping = &kHolds};

constexpr Key kPlansKeys[] = {
    kProductKey,
    {.key = "off",
     .about = "Service plans that must be off",
     .value = kPlanNames,
     .example = R"(["YAMMER_ENTERPRISE"])"},
    {.key = "on",
     .about = "Service plans that must be on",
     .value = kPlanNames,
     .example = R"(["TEAMS1"])"},
};
constexpr std::string_view kPlansKeyNames[] = {"off", "on"};
constexpr Together kSomePlans[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kPlansKeyNames,
     .refusal = {"no-expectation", "expects nothing", "say which plans are `off`, or `on`"}},
};
constexpr Mapping kPlansMapping{.keys = kPlansKeys, .together = kSomePlans};
constexpr Value kPlansValue{.type = Type::kMapping, .mapping = &kPlansMapping};

constexpr Key kExpectKeys[] = {
    {.key = "user",
     .status = Status::kRequired,
     .about = "The userPrincipalName of one of `users`",
     .example = R"("ada@contoso.com")"},
    {.key = "licenses",
     .about = "All products that the user then holds; [] for none",
     .value = {.type = Type::kList, .items = &kProduct, .distinct = true},
     .example = R"(["SPE_E5"])"},
    {.key = "without",
     .about = "Products that the user then does not hold, whatever else",
     .value = {.type = Type::kList, .items = &kProduct, .distinct = true},
     .example = R"(["VISIOCLIENT"])"},
    {.key = "plans",
     .about = "How service plans of products are then switched; those not named do not matter",
     .value = {.type = Type::kList, .items = &kPlansValue},
     .example = R"([{"product": "SPE_E5", "off": ["YAMMER_ENTERPRISE"]}])"},
    {.key = "by",
     .about = "The LicensePolicy that grants each of `licenses` and revokes each of `without`",
     .example = R"("engineering")"},
};
constexpr std::string_view kExpectations[] = {"licenses", "without", "plans"};
constexpr Together kSomeExpectation[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kExpectations,
     .refusal = {"no-expectation", "expects nothing of the user",
                 "say `licenses`, `without` or `plans`"}},
};
constexpr Mapping kExpect{.keys = kExpectKeys, .together = kSomeExpectation};
constexpr Value kExpectValue{.type = Type::kMapping, .mapping = &kExpect};
constexpr Refusal kNoExpectation{"empty-list", "expects nothing",
                                 "say what a user holds, as in [{user: ada@contoso.com, "
                                 "licenses: [SPE_E5]}]"};

constexpr Key kSpecKeys[] = {
    {.key = "users",
     .status = Status::kRequired,
     .about = "Users made up for the test, with properties as Graph has them",
     .value = {.type = Type::kList, .items = &kTestUserValue, .not_empty = &kNoUser},
     .example = R"([{"userPrincipalName": "ada@contoso.com", "department": "Engineering"}])"},
    {.key = "groups",
     .about = "Groups and their members; a group that policies name and the test does not is empty",
     .value = {.type = Type::kList, .items = &kGroupValue},
     .example = R"([{"displayName": "Contractors", "members": ["ada@contoso.com"]}])"},
    {.key = "seats",
     .about = "How many seats of a product there are; of others, as many as are asked for",
     .value = {.type = Type::kList, .items = &kSeatsValue},
     .example = R"([{"product": "SPE_E5", "purchased": 1}])"},
    {.key = "holds",
     .about = "What users hold before the policies apply; otherwise nothing",
     .value = {.type = Type::kList, .items = &kHoldsValue},
     .example = R"([{"user": "ada@contoso.com", "product": "SPE_E3"}])"},
    {.key = "at",
     .about = "On which day (UTC) it is tested, from its beginning; else on the day of the run",
     .value = {.format = &kDate},
     .example = R"("2026-12-01")"},
    {.key = "waited",
     .about =
         "For how long what is unwanted has been unwanted; else for as long as `unassign` asks",
     .value = {.type = Type::kDuration},
     .example = R"("6d")"},
    {.key = "expect",
     .status = Status::kRequired,
     .about = "What the policies must give them",
     .value = {.type = Type::kList, .items = &kExpectValue, .not_empty = &kNoExpectation},
     .example = R"([{"user": "ada@contoso.com", "licenses": ["SPE_E5"], "by": "engineering"}])"},
};
constexpr Mapping kSpec{.keys = kSpecKeys};
constexpr Choice kWord[] = {{"PolicyTest", "what the policies must give to made-up users"}};
constexpr auto kKeys = DocumentKeys(kWord, kTenantsAndName, kSpec);
constexpr Mapping kDocument{.keys = kKeys};

}  // namespace

const Kind kPolicyTest{.name = "PolicyTest",
                       .about = "What the policies must give to users made up for the test",
                       .document = {.type = Type::kMapping, .mapping = &kDocument}};

}  // namespace seatkeeper::schema
