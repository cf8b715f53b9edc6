#include <limits>

#include "policy/schema/envelope.h"
#include "policy/schema/format.h"

// How products are looked after: ProductPolicy and ProductLadder.

namespace seatkeeper::schema {
namespace {

constexpr double kMaxSeats = std::numeric_limits<int>::max();
constexpr double kMaxPrice = 1e9;

constexpr Key kProductKey{.key = "product",
                          .status = Status::kRequired,
                          .about = "Part number, SKU id or product name",
                          .example = R"("SPE_E5")"};

constexpr Key kUnassignKeys[] = {
    {.key = "after",
     .about = "How long a licence must have been unwanted before it goes; only time that readings "
              "cover counts",
     .value = {.type = Type::kDuration},
     .by_default = R"("7d")"},
    {.key = "confirmations",
     .about = "How many complete readings, at least 30 minutes apart, must agree before it goes",
     .value = {.type = Type::kInt, .min = 1, .max = 1000},
     .by_default = "2"},
    {.key = "removeRedundantDirect",
     .about = "Take the direct licence from who has it from a group as well",
     .value = {.type = Type::kBool},
     .by_default = "false"},
};
constexpr Mapping kUnassign{.keys = kUnassignKeys};

constexpr Value kSeats{.type = Type::kInt, .min = 0, .max = kMaxSeats};
constexpr Key kSpareKeys[] = {
    {.key = "min", .about = "Fewer unused seats than this are a shortage", .value = kSeats},
    {.key = "max", .about = "More unused seats than this are waste", .value = kSeats},
};
constexpr std::string_view kSpareKeyNames[] = {"min", "max"};
constexpr Together kSomeSpare[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kSpareKeyNames,
     .refusal = {"no-limit", "limits nothing", "give min, max or both"}},
};
constexpr Mapping kSpare{.keys = kSpareKeys, .together = kSomeSpare};

constexpr Key kPriceKeys[] = {
    {.key = "amount",
     .status = Status::kRequired,
     .about = "What one seat costs, with at most four decimal places",
     .value = {.type = Type::kNumber, .min = 0, .max = kMaxPrice},
     .example = "57.00"},
    {.key = "currency",
     .status = Status::kRequired,
     .about = "In which currency",
     .value = {.format = &kCurrency},
     .example = R"("USD")"},
    {.key = "per",
     .status = Status::kRequired,
     .about = "For how long",
     .value = {.choices = kPricePeriodWords}},
};
constexpr Mapping kPrice{.keys = kPriceKeys};

constexpr Key kPolicyKeys[] = {
    kProductKey,
    {.key = "management",
     .about = "How far seatkeeper may go with the product",
     .value = {.choices = kManagementWords},
     .by_default = R"("assign-only")"},
    {.key = "unassign",
     .about = "What must have happened before anything is taken away",
     .value = {.type = Type::kMapping, .mapping = &kUnassign},
     .example = R"({"after": "14d", "confirmations": 2})"},
    {.key = "reserve",
     .about = "Seats that are never planned away",
     .value = kSeats,
     .by_default = "0"},
    {.key = "spare",
     .about = "How many unused seats are agreed",
     .value = {.type = Type::kMapping, .mapping = &kSpare},
     .example = R"({"min": 5, "max": 40})"},
    {.key = "unitPrice",
     .about = "What a seat costs; plans show what that comes to",
     .value = {.type = Type::kMapping, .mapping = &kPrice},
     .example = R"({"amount": 57.00, "currency": "USD", "per": "month"})"},
    {.key = "newPlans",
     .about = "What happens to service plans that the vendor adds later and no list names",
     .value = {.choices = kNewPlansWords},
     .by_default = R"("hold")"},
};
constexpr Mapping kPolicySpec{.keys = kPolicyKeys};
constexpr Choice kPolicyWord[] = {{"ProductPolicy", "how one product is looked after"}};
constexpr auto kPolicyDocumentKeys = DocumentKeys(kPolicyWord, kTenantsAndName, kPolicySpec);
constexpr Mapping kPolicyDocument{.keys = kPolicyDocumentKeys};

constexpr Refusal kNoRungs{"empty-list", "names no product",
                           "name the products, highest rung first, as in [SPE_E5, SPE_E3]"};
constexpr Key kLadderKeys[] = {
    {.key = "products",
     .status = Status::kRequired,
     .about = "The rungs, highest first: of those granted to a user, the highest counts",
     .value = {.type = Type::kList, .items = &kProduct, .not_empty = &kNoRungs, .distinct = true},
     .example = R"(["SPE_E5", "SPE_E3", "SPE_F1"])"},
    {.key = "fallback",
     .about = "Where the granted rung has no seat, the next lower one is given until there is",
     .value = {.type = Type::kBool},
     .by_default = "false"},
};
constexpr Mapping kLadderSpec{.keys = kLadderKeys};
constexpr Choice kLadderWord[] = {{"ProductLadder", "products of which a user has at most one"}};
constexpr auto kLadderDocumentKeys = DocumentKeys(kLadderWord, kTenantsAndName, kLadderSpec);
constexpr Mapping kLadderDocument{.keys = kLadderDocumentKeys};

}  // namespace

const Choice kManagementWords[4] = {
    {"observe", "reports, changes nothing"},
    {"assign-only", "never takes anything away"},
    {"owned", "takes away only what seatkeeper itself assigned or adopted"},
    {"full", "policy is authoritative for every direct assignment"},
};
const Choice kNewPlansWords[3] = {
    {"enable", "they go on"},
    {"disable", "they go off and stay off"},
    {"hold", "present holders stay as they are, nobody new gets them"},
};
const Choice kPricePeriodWords[2] = {{"month", ""}, {"year", ""}};

const Kind kProductPolicy{.name = "ProductPolicy",
                          .about = "How one product is looked after",
                          .document = {.type = Type::kMapping, .mapping = &kPolicyDocument}};
const Kind kProductLadder{.name = "ProductLadder",
                          .about = "Products of which a user has at most one",
                          .document = {.type = Type::kMapping, .mapping = &kLadderDocument}};

}  // namespace seatkeeper::schema
