#include <algorithm>

#include "tests/simulator/errors.h"
#include "tests/simulator/filter.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

// With signInActivity larger pages silently shrink to this.
constexpr std::size_t kSignInPageSizeMax = 500;

// Every officially assigned ISO 3166-1 alpha-2 code.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";

bool IsCountry(const std::string& code) {
  return code.size() == 2 && code.find(' ') == std::string::npos &&
         kCountries.find(code) != std::string_view::npos;
}

// What the service takes of $filter here, by property (Microsoft Graph, user: properties).
const FilterRules& UserFilters() {
  static const FilterRules rules{
      {"id", "eq in"},
      {"userPrincipalName", "eq ne not ge le in startsWith endsWith"},
      {"displayName", "eq ne not ge le in null startsWith"},
      {"mail", "eq ne not ge le in null startsWith endsWith"},
      {"accountEnabled", "eq ne not in bool"},
      {"userType", "eq ne not in null"},
      {"department", "eq ne not ge le in null"},
      {"jobTitle", "eq ne not ge le in null startsWith"},
      {"country", "eq ne not ge le in null startsWith"},
      {"city", "eq ne not ge le in null startsWith"},
      {"state", "eq ne not ge le in null startsWith"},
      {"usageLocation", "eq ne not ge le in null startsWith"},
      {"employeeType", "eq ne not ge le in startsWith"},
      {"employeeId", "eq ne not ge le in null startsWith"},
      {"companyName", "eq ne not ge le in null startsWith"},
      {"officeLocation", "eq ne not ge le in null startsWith"},
      {"createdDateTime", "eq ne not ge le in date"},
      {"onPremisesSyncEnabled", "eq ne not in null bool"},
      {"assignedLicenses", "any not count"},
      {"assignedLicenses/skuId", "eq not guid"},
      {"assignedPlans", "any not count"},
      {"assignedPlans/servicePlanId", "eq not guid"},
      {"assignedPlans/capabilityStatus", "eq not"},
      {"proxyAddresses", "any not count eq startsWith"},
      {"otherMails", "any not count eq startsWith"},
      {"signInActivity/lastSignInDateTime", "eq ge le date alone"},
      {"signInActivity/lastNonInteractiveSignInDateTime", "eq ge le date alone"}};
  return rules;
}

constexpr const char* kSignIns = "signInActivity";

bool Holds(const std::vector<std::string>& names, const char* name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void CheckSignInAccess(const Call& call) {
  if (!call.world.options.premium) {
    throw GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                     "Neither tenant is B2C or tenant doesn't have premium license");
  }
  if (!call.claims.HasAnyOf({"AuditLog.Read.All"})) throw Forbidden();
}

// Filtering by licences works without an advanced query as far as the first page goes.
void RefuseLostPage(const Call& call, const PageRequest& page,
                    const std::optional<Filter>& filter) {
  if (page.number == 1 || !filter || !Holds(filter->properties(), "assignedLicenses")) return;
  if (!call.IsAdvanced() || !IsCounted(call)) throw ExpiredPageToken();
}

}  // namespace

Reply ListUsers(Call& call) {
  AllowOnly(call.target, {"$select", "$top", "$skiptoken", "$count", "$filter"});
  const Directory& directory = call.world.directory;
  const Selection selection = SelectOf(call.target);
  CheckUserSelection(directory, selection, Reading::kListing, call.world.unknown_extension);
  const auto filter = FilterOf(call, UserFilters());
  const bool sign_ins =
      Holds(selection, kSignIns) || (filter && Holds(filter->properties(), kSignIns));
  if (sign_ins) CheckSignInAccess(call);
  const PageRequest page = ReadPage(call, sign_ins ? kSignInPageSizeMax : kPageSizeMax);
  RefuseLostPage(call, page, filter);
  const WallTimeMs seen_at = call.SeenAt();
  const auto show = [&](const User& user, const Selection& properties) {
    json shown = UserJson(directory, user, properties, VisibleRows(user, seen_at));
    if (shown.contains("usageLocation")) shown["usageLocation"] = VisibleLocation(user, seen_at);
    return shown;
  };
  const auto is_listed = [&](const User& user) {
    return !filter || filter->Matches(show(user, filter->properties()));
  };
  return ListReply(
      call, page, ContextOf(call, "users"), ListingOf(directory.users(), is_listed),
      [&](std::uint64_t ordinal) { return show(directory.users().at(ordinal), selection); });
}

Reply CountUsers(Call& call) {
  AllowOnly(call.target, {});
  return CountReply(call, call.world.directory.users().size());
}

Reply GetUser(Call& call) {
  AllowOnly(call.target, {"$select"});
  const Selection selection = SelectOf(call.target);
  CheckUserSelection(call.world.directory, selection, Reading::kSingle,
                     call.world.unknown_extension);
  if (Holds(selection, kSignIns)) CheckSignInAccess(call);
  const User& user = RequireUser(call);
  if (Holds(selection, kSignIns) && !EqualsIgnoringCase(user.id, call.arguments[0])) {
    throw BadRequest("Get By Key only supports UserId and the key has to be a valid Guid");
  }
  Reply reply;
  reply.body = UserJson(call.world.directory, user, selection, user.rows);
  reply.body["@odata.context"] = ContextOf(call, "users") + "/$entity";
  return reply;
}

Reply PatchUser(Call& call) {
  AllowOnly(call.target, {});
  const json body = JsonBody(call.request);
  User& user = RequireUser(call);
  for (const auto& [key, value] : body.items()) {
    if (key != "usageLocation") {
      throw BadRequest("Property '" + key + "' is read-only and cannot be set.");
    }
    if (!value.is_string() || !IsCountry(value.get_ref<const std::string&>())) {
      throw BadRequest("Invalid value specified for property 'usageLocation' of resource 'User'.");
    }
  }
  BeginWrite(call, user.id);
  Reply reply;
  reply.status = 204;
  reply.effective = body.contains("usageLocation") &&
                    user.Text("usageLocation") != body["usageLocation"].get<std::string>();
  if (reply.effective) {
    SetLocation(call.world.directory, user, body["usageLocation"], call.Moment(),
                call.world.quirks);
  }
  return reply;
}

}  // namespace seatkeeper::sim
