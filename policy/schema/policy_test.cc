#include "policy/schema/envelope.h"

namespace seatkeeper::schema {
namespace {

constexpr Value kAnything{.type = Type::kAny};
constexpr Key kUserKeys[] = {
    {.key = "userPrincipalName",
     .status = Status::kRequired,
     .about = "What the test calls the user",
     .example = R"("ada@contoso.com")"},
};
// Every other property as Graph has it: `department`, `accountEnabled` ...
constexpr Mapping kTestUser{.keys = kUserKeys, .others = &kAnything};
constexpr Value kTestUserValue{.type = Type::kMapping, .mapping = &kTestUser};
constexpr Refusal kNoUser{"empty-list", "names no user",
                          "make up at least one, as in [{userPrincipalName: ada@contoso.com}]"};

constexpr Key kExpectKeys[] = {
    {.key = "user",
     .status = Status::kRequired,
     .about = "The userPrincipalName of one of `users`",
     .example = R"("ada@contoso.com")"},
    {.key = "licenses",
     .status = Status::kRequired,
     .about = "All products that the user then holds; [] for none",
     .value = {.type = Type::kList, .items = &kProduct, .distinct = true},
     .example = R"(["SPE_E5"])"},
    {.key = "by",
     .about = "The name of the LicensePolicy that all of them come from",
     .example = R"("engineering")"},
};
constexpr Mapping kExpect{.keys = kExpectKeys};
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
                       .document = {.type = Type::kMapping, .mapping = &kDocument},
                       .later = true};

}  // namespace seatkeeper::schema
