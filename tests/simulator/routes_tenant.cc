#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

Reply WholeList(const Call& call, const std::string& context, json value) {
  Reply reply;
  reply.page = 1;
  reply.last_page = true;
  reply.body = {{"@odata.context", ContextOf(call, context)}, {"value", std::move(value)}};
  return reply;
}

}  // namespace

Reply ListSubscribedSkus(Call& call) {
  AllowOnly(call.target, {"$select"});
  const Selection selection = SelectOf(call.target);
  json value = json::array();
  for (const Sku& sku : call.world.directory.skus()) {
    value.push_back(SkuJson(call.world.directory, sku, selection));
  }
  return WholeList(call, "subscribedSkus", std::move(value));
}

Reply ListSubscriptions(Call& call) {
  AllowOnly(call.target, {"$select"});
  const Selection selection = SelectOf(call.target);
  json value = json::array();
  for (const json& subscription : call.world.directory.subscriptions()) {
    value.push_back(Selected(subscription, selection));
  }
  return WholeList(call, "directory/subscriptions", std::move(value));
}

Reply GetOrganization(Call& call) {
  AllowOnly(call.target, {"$select"});
  const json organization{{"id", call.world.options.tenant_id},
                          {"displayName", "Contoso"},
                          {"countryLetterCode", call.world.directory.country()}};
  return WholeList(call, "organization",
                   json::array({Selected(organization, SelectOf(call.target))}));
}

}  // namespace seatkeeper::sim
