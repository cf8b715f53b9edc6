#include "tests/simulator/license_request.h"

#include <nlohmann/json.hpp>

#include "tests/simulator/errors.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

std::string LowerGuid(const json& value, const char* what) {
  if (!value.is_string() || !IsGuid(value.get_ref<const std::string&>())) {
    throw BadRequest(std::string("Invalid value specified for property '") + what +
                     "': a GUID is expected.");
  }
  return ToLower(value.get<std::string>());
}

LicenseToAdd ReadAddition(const json& entry) {
  if (!entry.is_object() || !entry.contains("skuId")) {
    throw BadRequest("Invalid value specified for property 'addLicenses': skuId is missing.");
  }
  LicenseToAdd license{LowerGuid(entry["skuId"], "skuId"), {}};
  for (const auto& [key, value] : entry.items()) {
    if (key == "skuId" || key == "@odata.type") continue;
    if (key != "disabledPlans" || !value.is_array()) {
      throw BadRequest("Invalid property '" + key + "' of an entry of 'addLicenses'.");
    }
    for (const json& plan : value) {
      license.disabled_plans.push_back(LowerGuid(plan, "disabledPlans"));
    }
  }
  return license;
}

void CheckShape(const json& body) {
  for (const char* name : {"addLicenses", "removeLicenses"}) {
    if (!body.contains(name)) {
      throw BadRequest(std::string("One or more parameters of the operation 'assignLicense' are "
                                   "missing from the request payload. The missing parameters "
                                   "are: ") +
                       name + ".");
    }
    if (!body[name].is_array()) {
      throw BadRequest(std::string("Invalid value specified for parameter '") + name +
                       "': a collection is expected.");
    }
  }
  for (const auto& [key, value] : body.items()) {
    if (key != "addLicenses" && key != "removeLicenses") {
      throw BadRequest("The parameter '" + key +
                       "' in the request payload is not a valid parameter for the operation "
                       "'assignLicense'.");
    }
  }
}

}  // namespace

LicenseRequest ReadLicenseRequest(const Request& request) {
  const json body = JsonBody(request);
  CheckShape(body);
  LicenseRequest asked;
  for (const json& entry : body["addLicenses"]) asked.add.push_back(ReadAddition(entry));
  for (const json& entry : body["removeLicenses"]) {
    asked.remove.push_back(LowerGuid(entry, "removeLicenses"));
  }
  return asked;
}

}  // namespace seatkeeper::sim
