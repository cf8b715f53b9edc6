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

// Waiting before removals protects against bad readings. It is designed and not built: whoever
// writes a waiting time must learn that here, not from a removal that did not wait.
constexpr char kNoWaiting[] = "waiting-not-in-force";
constexpr char kAcknowledge[] =
    "write unassign: {after: 0d, confirmations: 1}: this version removes in the cycle that finds "
    "a licence unwanted, and the line says that you know";
constexpr InForceUpTo kAtOnce{
    0, {kNoWaiting, "removals do not wait yet in this version", kAcknowledge}};
constexpr InForceUpTo kOneReading{
    1,
    {kNoWaiting, "removals are not confirmed by further readings yet in this version",
     kAcknowledge}};

constexpr Key kUnassignKeys[] = {
    {.key = "after",
     .status = Status::kRequired,
     .about = "How long a licence must have been unwanted before it goes. In this version: 0d",
     .value = {.type = Type::kDuration, .in_force = &kAtOnce},
     .example = R"("0d")"},
    {.key = "confirmations",
     .status = Status::kRequired,
     .about = "How many complete readings must agree before it goes. In this version: 1",
     .value = {.type = Type::kInt, .min = 1, .max = 1000, .in_force = &kOneReading},
     .example = "1"},
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
     .about = "What must have happened before a licence is taken away. `management: full` has to "
              "say {after: 0d, confirmations: 1} in this version",
     .value = {.type = Type::kMapping, .mapping = &kUnassign},
     .example = R"({"after": "0d", "confirmations": 1})"},
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
constexpr std::string_view kUnassignKey[] = {"unassign"};
constexpr Together Acknowledges(std::string_view management, std::string_view message) {
  return {.kind = Together::Kind::kNeeds,
          .keys = kUnassignKey,
          .refusal = {kNoWaiting, message, kAcknowledge},
          .when = "management",
          .is = management,
          .at = "management"};
}
constexpr Together kWhatRemovesAcknowledges[] = {
    Acknowledges("owned",
                 "`management: owned` removes licences, and removals do not wait yet in this "
                 "version"),
    Acknowledges("full",
                 "`management: full` removes licences, and removals do not wait yet in this "
                 "version"),
};
constexpr Mapping kPolicySpec{.keys = kPolicyKeys, .together = kWhatRemovesAcknowledges};
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
    {"owned", "takes away only what seatkeeper itself assigned"},
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
