#include "tests/simulator/applications.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/simulator/options.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

void RefuseOthers(const json& object, const std::vector<std::string>& known) {
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
      throw std::invalid_argument("unknown key " + item.key());
    }
  }
}

FederatedTrust ParseTrust(const json& object) {
  RefuseOthers(object, {"issuer", "subject", "audience", "key"});
  return {object.at("issuer"), object.at("subject"), object.at("audience"), object.at("key")};
}

Application ParseApplication(const json& object) {
  RefuseOthers(object, {"clientId", "secret", "certificates", "federated", "roles", "managed",
                        "displayName"});
  Application application;
  application.client_id = object.at("clientId");
  application.secret = object.value("secret", "");
  application.certificates = object.value("certificates", std::vector<std::string>{});
  for (const json& trust : object.value("federated", json::array())) {
    application.federated.push_back(ParseTrust(trust));
  }
  application.roles = object.at("roles").get<std::vector<std::string>>();
  application.managed = object.value("managed", "");
  application.name = object.value("displayName", application.name);
  return application;
}

}  // namespace

std::vector<Application> ParseApplications(const std::string& text) {
  std::vector<Application> applications;
  for (const json& object : json::parse(text)) applications.push_back(ParseApplication(object));
  return applications;
}

std::optional<Application> FindApplication(const SimulatorOptions& options,
                                           std::string_view client_id) {
  for (const Application& application : options.applications) {
    if (EqualsIgnoringCase(application.client_id, client_id)) return application;
  }
  if (!EqualsIgnoringCase(options.client_id, client_id)) return std::nullopt;
  Application application;
  application.client_id = options.client_id;
  application.secret = options.client_secret;
  application.roles = options.roles;
  return application;
}

}  // namespace seatkeeper::sim
