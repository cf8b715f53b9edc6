#include "policy/schema/envelope.h"
#include "policy/schema/format.h"

namespace seatkeeper::schema {
namespace {

constexpr int kMaxPriority = 1'000'000;

constexpr Refusal kNamesNobody{"empty-list", "names nobody", "leave the key out, or name somebody"};

constexpr Key kRuleKey{
    .key = "rule",
    .about = "A rule in the syntax of Microsoft Entra's dynamic membership rules",
    .example = R"("user.department -eq \"Engineering\" -and user.accountEnabled -eq true")"};
constexpr Key kGroupsKey{
    .key = "groups",
    .about =
        "Members of these groups, nested ones included; each by its "
        "display name, which must be the only one, or its object id",
    .value = {.type = Type::kList, .items = &kGroup, .not_empty = &kNamesNobody},
    .example = R"(["All Engineers"])"};
constexpr Key kUsersKey{.key = "users",
                        .about = "These users, each by user principal name or object id",
                        .value = {.type = Type::kList, .items = &kUser, .not_empty = &kNamesNobody},
                        .example = R"(["lee@contoso.com"])"};

constexpr std::string_view kUnionKeys[] = {"rule", "groups", "users"};
constexpr Together kSomebody[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kUnionKeys,
     .refusal = {"no-subjects", "selects nobody", "name at least one of rule, groups and users"}},
};
constexpr Key kExceptKeys[] = {kRuleKey, kGroupsKey, kUsersKey};
constexpr Mapping kExcept{.keys = kExceptKeys, .together = kSomebody};

constexpr Key kSubjectKeys[] = {
    kRuleKey,
    kGroupsKey,
    kUsersKey,
    {.key = "where",
     .about = "A rule that they must satisfy, too",
     .example = R"("user.userType -eq \"Member\"")"},
    {.key = "except",
     .about = "Less these, from this policy only",
     .value = {.type = Type::kMapping, .mapping = &kExcept}},
};
constexpr Mapping kSubjects{.keys = kSubjectKeys, .together = kSomebody};

constexpr Value kPlan{};
constexpr std::string_view kPlanLists[] = {"disabledPlans", "enabledPlans"};
constexpr Together kOnePlanList[] = {
    {.kind = Together::Kind::kNotBoth,
     .keys = kPlanLists,
     .refusal = {"both-plan-lists", "`disabledPlans` and `enabledPlans` stand together",
                 "keep the one that says what is meant; the rest follows from it"}},
};
constexpr Key kGrantKeys[] = {
    {.key = "product",
     .status = Status::kRequired,
     .about = "Part number, SKU id or product name",
     .example = R"("SPE_E5")"},
    {.key = "disabledPlans",
     .about = "Service plans that are off; everything else is on. Without either list, switches "
              "that users have are left alone",
     .value = {.type = Type::kList, .items = &kPlan, .distinct = true},
     .example = R"(["YAMMER_ENTERPRISE"])"},
    {.key = "enabledPlans",
     .about = "Service plans that are on; everything else is off",
     .value = {.type = Type::kList, .items = &kPlan, .distinct = true},
     .example = R"(["EXCHANGE_S_ENTERPRISE"])"},
};
constexpr Mapping kGrantMapping{.keys = kGrantKeys, .together = kOnePlanList, .usual = "product"};
constexpr Value kGrant{.type = Type::kMapping, .mapping = &kGrantMapping};
constexpr Refusal kGrantsNothing{"empty-list", "grants nothing",
                                 "name at least one product, as in [{product: SPE_E3}]"};
constexpr Refusal kRevokesNothing{"empty-list", "revokes nothing",
                                  "name at least one product, or `all`"};

constexpr std::string_view kLocationKeyNames[] = {"from", "default"};
constexpr Together kSomeLocation[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kLocationKeyNames,
     .refusal = {"no-location", "says no location", "give from, default or both"}},
};
constexpr Key kLocationKeys[] = {
    {.key = "from",
     .about =
         "The property of the user that holds the two-letter country code; names of countries are "
         "not guessed at",
     .value = {.format = &kPropertyName},
     .example = R"("country")"},
    {.key = "default",
     .about = "The country where that property holds no country code",
     .value = {.format = &kCountry},
     .example = R"("FR")"},
};
constexpr Mapping kLocation{.keys = kLocationKeys, .together = kSomeLocation};

constexpr Key kSpecKeys[] = {
    {.key = "priority",
     .about = "Where policies disagree about a user and a product, the higher one wins",
     .value = {.type = Type::kInt, .min = -kMaxPriority, .max = kMaxPriority},
     .by_default = "0",
     .example = "100"},
    {.key = "subjects",
     .status = Status::kRequired,
     .about = "Who it is about: the union of rule, groups and users, narrowed by `where`, less "
              "`except`",
     .value = {.type = Type::kMapping, .mapping = &kSubjects}},
    {.key = "licenses",
     .about = "The products that they get",
     .value = {.type = Type::kList, .items = &kGrant, .not_empty = &kGrantsNothing},
     .example = R"([{"product": "SPE_E3"}])"},
    {.key = "revoke",
     .about = "The products that they must not hold, or `all`",
     .value = {.type = Type::kList,
               .word = "all",
               .items = &kProduct,
               .not_empty = &kRevokesNothing,
               .distinct = true},
     .example = R"("all")"},
    {.key = "usageLocation",
     .about = "The usage location to set where a user has none",
     .value = {.type = Type::kMapping, .mapping = &kLocation},
     .example = R"({"from": "country", "default": "FR"})"},
    {.key = "delivery",
     .about = "How the products reach the users",
     .value = {.choices = kDeliveryWords},
     .by_default = R"("direct")"},
    {.key = "expires",
     .about = "The last day (UTC) of what it grants",
     .value = {.format = &kDate},
     .example = R"("2027-03-31")"},
};
constexpr std::string_view kStatements[] = {"licenses", "revoke"};
constexpr Together kSaysSomething[] = {
    {.kind = Together::Kind::kAtLeastOne,
     .keys = kStatements,
     .refusal = {"missing-key", "lacks `licenses`",
                 "name what it grants, as in licenses: [{product: SPE_E3}]"}},
};
constexpr Mapping kSpec{.keys = kSpecKeys, .together = kSaysSomething};

constexpr Choice kWord[] = {{"LicensePolicy", "who holds which products"}};
constexpr auto kKeys = DocumentKeys(kWord, kTenantsAndName, kSpec);
constexpr Mapping kDocument{.keys = kKeys};

}  // namespace

const Choice kDeliveryWords[2] = {
    {"direct", "to each user"},
    {"group", "the named groups are licensed, their first-level members inherit"},
};

const Kind kLicensePolicy{.name = "LicensePolicy",
                          .about = "Who holds which products, with which service plans",
                          .document = {.type = Type::kMapping, .mapping = &kDocument}};

}  // namespace seatkeeper::schema
