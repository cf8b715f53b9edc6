#include <algorithm>
#include <map>
#include <set>

#include "tests/simulator/errors.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr std::size_t kItemsMax = 20;  // Graph's limit of a batch

struct Item {
  std::string id;
  Request request;
  std::set<std::size_t> depends_on;  // positions
  std::optional<Reply> reply;
};

GraphError Malformed(const std::string& message) { return {400, "BadRequest", message}; }

std::string RequiredText(const json& entry, const char* name) {
  if (!entry.is_object() || !entry.contains(name) || !entry[name].is_string() ||
      entry[name].get_ref<const std::string&>().empty()) {
    throw Malformed(std::string("Invalid batch payload: an item without '") + name + "'.");
  }
  return entry[name].get<std::string>();
}

// The url is relative to the version root; clients also send it with the version.
std::string TargetOf(std::string url) {
  if (!url.starts_with('/')) url = "/" + url;
  return url.starts_with("/v1.0/") ? url : "/v1.0" + url;
}

Item ReadItem(const Call& call, const json& entry) {
  Item item;
  item.id = RequiredText(entry, "id");
  item.request.method = ToUpper(RequiredText(entry, "method"));
  item.request.target = TargetOf(RequiredText(entry, "url"));
  item.request.scheme = call.request.scheme;
  if (item.request.target.starts_with("/v1.0/$batch")) {
    throw Malformed("Invalid batch payload: a batch cannot hold a batch.");
  }
  const json headers = entry.value("headers", json::object());
  for (const auto& [name, value] : headers.items()) {
    if (!value.is_string()) throw Malformed("Invalid batch payload: headers must be text.");
    item.request.headers.emplace_back(name, value.get<std::string>());
  }
  const bool typed = FindHeader(item.request.headers, "Content-Type").has_value();
  const bool has_body = entry.contains("body") && !entry["body"].is_null();
  if (has_body) item.request.body = entry["body"].dump();
  const bool writes = item.request.method != "GET" && item.request.method != "DELETE";
  if ((has_body && !typed) || (writes && !(has_body && typed))) {
    throw Malformed("Write request id : " + item.id +
                    " does not contain Content-Type header or body.");
  }
  for (const char* inherited : {"Authorization", "Host"}) {
    if (const auto value = FindHeader(call.request.headers, inherited)) {
      item.request.headers.emplace_back(inherited, *value);
    }
  }
  return item;
}

// The service promises an order only in batches that are parallel throughout, sequential
// throughout, or in which every dependency is on one and the same item.
void CheckPattern(const std::vector<Item>& items) {
  std::size_t dependent = 0;
  std::set<std::size_t> depended_on;
  bool single = true;
  for (const Item& item : items) {
    if (item.depends_on.empty()) continue;
    ++dependent;
    single = single && item.depends_on.size() == 1;
    depended_on.insert(*item.depends_on.begin());
  }
  const bool chain = dependent + 1 == items.size() && depended_on.size() == dependent;
  if (dependent > 0 && !(single && (chain || depended_on.size() == 1))) {
    throw Malformed("Invalid batch payload: dependsOn must make the batch sequential.");
  }
}

void ReadDependencies(const json& requests, const std::map<std::string, std::size_t>& positions,
                      std::vector<Item>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const json& id : requests[i].value("dependsOn", json::array())) {
      const auto found =
          id.is_string() ? positions.find(ToLower(id.get<std::string>())) : positions.end();
      if (found == positions.end()) {
        throw Malformed("Invalid batch payload: dependsOn names an unknown request.");
      }
      items[i].depends_on.insert(found->second);
    }
  }
  CheckPattern(items);
  // What a dependency depends on counts too; as many rounds as items reach everything.
  for (std::size_t round = 0; round < items.size(); ++round) {
    for (Item& item : items) {
      const std::set<std::size_t> direct = item.depends_on;
      for (const std::size_t other : direct)
        item.depends_on.merge(std::set(items[other].depends_on));
    }
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].depends_on.contains(i)) {
      throw Malformed("Invalid batch payload: dependsOn goes round in a circle.");
    }
  }
}

std::vector<Item> ReadItems(const Call& call) {
  const json body = JsonBody(call.request);
  if (!body.contains("requests") || !body["requests"].is_array() || body["requests"].empty()) {
    throw Malformed("Invalid batch payload format.");
  }
  const json& requests = body["requests"];
  if (requests.size() > kItemsMax) {
    throw Malformed("Number of batch request steps exceeds the maximum value of 20.");
  }
  std::vector<Item> items;
  std::map<std::string, std::size_t> positions;
  for (const json& entry : requests) {
    items.push_back(ReadItem(call, entry));
    if (!positions.emplace(ToLower(items.back().id), items.size() - 1).second) {
      throw Malformed("Invalid batch payload: request id '" + items.back().id +
                      "' is used more than once.");
    }
  }
  ReadDependencies(requests, positions, items);
  return items;
}

Reply ErrorOf(int status, const std::string& code, const std::string& message) {
  Reply reply;
  reply.status = status;
  reply.body = {{"error", {{"code", code}, {"message", message}}}};
  return reply;
}

// The user or group that an item writes to; empty for every other item.
std::string WrittenObject(const Call& call, const Item& item) {
  const std::string path = item.request.target.substr(0, item.request.target.find('?'));
  const bool posts = item.request.method == "POST";
  const bool assigns = posts && MatchesGlob("/v1.0/users/*/assignLicense", path);
  const bool licenses = posts && MatchesGlob("/v1.0/groups/*/assignLicense", path);
  const bool patches = item.request.method == "PATCH" && MatchesGlob("/v1.0/users/*", path);
  if (!assigns && !licenses && !patches) return "";
  const std::string name = ParseTarget(path).segments[2];
  if (licenses) return ToLower(name);
  const User* user = call.world.directory.FindUser(name);
  return user == nullptr ? "" : user->id;
}

// Items that do not wait for each other are under way together, and the service loses one of two
// writes to the same user or group.
bool Collides(const Call& call, const std::vector<Item>& items, std::size_t position) {
  const std::string object = WrittenObject(call, items[position]);
  if (object.empty()) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != position && items[i].reply && !items[position].depends_on.contains(i) &&
        WrittenObject(call, items[i]) == object) {
      return true;
    }
  }
  return false;
}

void RunItem(Call& call, std::vector<Item>& items, std::size_t position) {
  Item& item = items[position];
  for (const std::size_t other : item.depends_on) {
    if (items[other].reply->status >= 400) {
      item.reply =
          ErrorOf(424, "FailedDependency", "A request that this one depends on has failed.");
      return;
    }
  }
  if (Collides(call, items, position)) {
    const GraphError error = ConcurrentChange();
    item.reply = ErrorOf(error.status, error.code, error.what());
    const std::string object = WrittenObject(call, item);
    if (call.world.directory.FindUser(object) != nullptr) item.reply->user_id = object;
    return;
  }
  item.reply = Dispatch(call.world, item.request, call.ids, call.now);
}

json ItemAnswer(const Item& item) {
  json headers = json::object();
  for (const auto& [name, value] : item.reply->headers) headers[name] = value;
  json body = item.reply->text ? json(*item.reply->text) : item.reply->body;
  if (!body.is_null()) headers["Content-Type"] = item.reply->content_type;
  return {{"id", item.id},
          {"status", item.reply->status},
          {"headers", std::move(headers)},
          {"body", std::move(body)}};
}

}  // namespace

// A fault that takes an item's answer away (reset, stall, truncate) takes the whole answer away:
// the other items have had their effect and nobody is told.
Reply RunBatch(Call& call) {
  AllowOnly(call.target, {});
  std::vector<Item> items = ReadItems(call);
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  call.world.batch_order.Shuffle(order);
  for (std::size_t done = 0; done < items.size();) {
    for (const std::size_t position : order) {
      Item& item = items[position];
      const bool ready = std::all_of(item.depends_on.begin(), item.depends_on.end(),
                                     [&](std::size_t other) { return items[other].reply; });
      if (item.reply || !ready) continue;
      RunItem(call, items, position);
      ++done;
    }
  }
  call.world.batch_order.Shuffle(order);
  Reply reply;
  reply.body = {{"responses", json::array()}};
  reply.items = json::array();
  for (const std::size_t position : order) {
    const Item& item = items[position];
    reply.body["responses"].push_back(ItemAnswer(item));
    json facts = LogFacts(item.request, *item.reply);
    facts["id"] = item.id;
    reply.items.push_back(std::move(facts));
    reply.effective = reply.effective || item.reply->effective;
    reply.delay = std::max(reply.delay, item.reply->delay);
    if (item.reply->disposition != Disposition::kNormal) {
      reply.disposition = item.reply->disposition;
    }
  }
  return reply;
}

}  // namespace seatkeeper::sim
