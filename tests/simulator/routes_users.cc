#include <algorithm>

#include "tests/simulator/errors.h"
#include "tests/simulator/license_request.h"
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

bool SelectsSignIns(const Selection& selection) {
  return std::find(selection.begin(), selection.end(), "signInActivity") != selection.end();
}

void CheckSignInAccess(const Call& call, const Selection& selection) {
  if (!SelectsSignIns(selection)) return;
  if (!call.world.options.premium) {
    throw GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                     "Neither tenant is B2C or tenant doesn't have premium license");
  }
  if (!call.claims.HasAnyOf({"AuditLog.Read.All"})) {
    throw GraphError(403, "Authorization_RequestDenied",
                     "Insufficient privileges to complete the operation.");
  }
}

User& RequireUser(Call& call) {
  User* user = call.world.directory.FindUser(call.arguments[0]);
  if (user == nullptr) throw NotFound(call.arguments[0]);
  return *user;
}

}  // namespace

Reply ListUsers(Call& call) {
  AllowOnly(call.target, {"$select", "$top", "$skiptoken", "$count", "$filter"});
  const Directory& directory = call.world.directory;
  const Selection selection = SelectOf(call.target);
  CheckUserSelection(directory, selection, Reading::kListing, call.world.unknown_extension);
  CheckSignInAccess(call, selection);
  const PageRequest page =
      ReadPage(call, SelectsSignIns(selection) ? kSignInPageSizeMax : kPageSizeMax);
  std::vector<std::uint64_t> ordinals;
  if (const auto filter = FilterOf(call.target, {"userPrincipalName", "id"})) {
    const User* user = directory.FindUser(filter->value);
    const bool by_id = user != nullptr && EqualsIgnoringCase(user->id, filter->value);
    if (user != nullptr && by_id == (filter->property == "id")) ordinals.push_back(user->ordinal);
  } else {
    for (const auto& [ordinal, user] : directory.users()) ordinals.push_back(ordinal);
  }
  return ListReply(call, page, ContextOf(call, "users"), ordinals, [&](std::uint64_t ordinal) {
    const User& user = directory.users().at(ordinal);
    json shown = UserJson(directory, user, selection, VisibleRows(user, call.now));
    if (shown.contains("usageLocation")) shown["usageLocation"] = VisibleLocation(user, call.now);
    return shown;
  });
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
  CheckSignInAccess(call, selection);
  const User& user = RequireUser(call);
  if (SelectsSignIns(selection) && !EqualsIgnoringCase(user.id, call.arguments[0])) {
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

Reply AssignLicenseToUser(Call& call) {
  AllowOnly(call.target, {});
  const LicenseRequest asked = ReadLicenseRequest(call.request);
  User& user = RequireUser(call);
  Reply reply;
  reply.effective = AssignLicenses(call.world.directory, user, asked.add, asked.remove,
                                   call.Moment(), call.world.quirks);
  reply.body = UserJson(call.world.directory, user, {}, user.rows);
  reply.body["@odata.context"] = ContextOf(call, "users") + "/$entity";
  return reply;
}

}  // namespace seatkeeper::sim
