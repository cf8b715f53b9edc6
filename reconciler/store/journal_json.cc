#include "reconciler/store/journal_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace seatkeeper {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBetweenIdAndDate = ", ";

Error Unreadable(std::string_view text) {
  return Error{.kind = ErrorKind::kStore,
               .message = fmt::format("The store holds a list that cannot be read: {}.", text),
               .position = {},
               .service = {}};
}

/// An array, or nothing: neither malformed text nor another type is one.
std::optional<Json> ParseArray(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return std::nullopt;
  return json;
}

template <typename AnyId>
std::optional<std::vector<AnyId>> ReadIds(const Json& array) {
  std::vector<AnyId> ids;
  for (const Json& item : array) {
    if (!item.is_string()) return std::nullopt;
    const auto id = AnyId::Parse(item.get_ref<const std::string&>());
    if (!id) return std::nullopt;
    ids.push_back(*id);
  }
  return ids;
}

std::optional<SkuId> ProductOf(const Json& item) {
  if (!item.is_object()) return std::nullopt;
  const auto product = item.find("product");
  if (product == item.end() || !product->is_string()) return std::nullopt;
  return SkuId::Parse(product->get_ref<const std::string&>());
}

std::optional<AddLicense> ReadLicense(const Json& item) {
  const auto id = ProductOf(item);
  if (!id) return std::nullopt;
  const auto plans = item.find("disabledPlans");
  if (plans == item.end() || !plans->is_array()) return std::nullopt;
  auto ids = ReadIds<PlanId>(*plans);
  if (!ids) return std::nullopt;
  return AddLicense{.product = *id, .disabled_plans = std::move(*ids)};
}

template <typename AnyId>
Result<std::vector<AnyId>> DecodeIds(std::string_view text) {
  const auto array = ParseArray(text);
  auto ids = array ? ReadIds<AnyId>(*array) : std::nullopt;
  if (!ids) return Unreadable(text);
  return std::move(*ids);
}

template <typename AnyId>
Json WriteIds(const std::vector<AnyId>& ids) {
  Json array = Json::array();
  for (const AnyId& id : ids) array.push_back(id.ToString());
  return array;
}

}  // namespace

std::string EncodeLicenses(const std::vector<AddLicense>& licenses) {
  Json array = Json::array();
  for (const AddLicense& license : licenses) {
    Json item;
    item["product"] = license.product.ToString();
    item["disabledPlans"] = WriteIds(license.disabled_plans);
    array.push_back(std::move(item));
  }
  return array.dump();
}

std::string EncodeProducts(const std::vector<SkuId>& products) { return WriteIds(products).dump(); }

std::string EncodePlans(const std::vector<PlanId>& plans) { return WriteIds(plans).dump(); }

std::string EncodeCounts(const std::vector<std::pair<SkuId, int>>& counts) {
  Json array = Json::array();
  for (const auto& [product, users] : counts) {
    array.push_back({{"product", product.ToString()}, {"users", users}});
  }
  return array.dump();
}

std::string EncodeSwaps(const std::vector<std::pair<SkuId, SkuId>>& swaps) {
  Json array = Json::array();
  for (const auto& [from, to] : swaps) {
    array.push_back(Json::array({from.ToString(), to.ToString()}));
  }
  return array.dump();
}

Result<std::vector<AddLicense>> DecodeLicenses(std::string_view text) {
  const auto array = ParseArray(text);
  if (!array) return Unreadable(text);
  std::vector<AddLicense> licenses;
  for (const Json& item : *array) {
    auto license = ReadLicense(item);
    if (!license) return Unreadable(text);
    licenses.push_back(std::move(*license));
  }
  return licenses;
}

Result<std::vector<SkuId>> DecodeProducts(std::string_view text) { return DecodeIds<SkuId>(text); }

Result<std::vector<PlanId>> DecodePlans(std::string_view text) { return DecodeIds<PlanId>(text); }

Result<std::vector<std::pair<SkuId, int>>> DecodeCounts(std::string_view text) {
  const auto array = ParseArray(text);
  if (!array) return Unreadable(text);
  std::vector<std::pair<SkuId, int>> losses;
  for (const Json& item : *array) {
    const auto product = ProductOf(item);
    if (!product) return Unreadable(text);
    const auto users = item.find("users");
    if (users == item.end() || !users->is_number_integer()) return Unreadable(text);
    losses.emplace_back(*product, users->get<int>());
  }
  return losses;
}

Result<std::vector<std::pair<SkuId, SkuId>>> DecodeSwaps(std::string_view text) {
  const auto array = ParseArray(text);
  if (!array) return Unreadable(text);
  std::vector<std::pair<SkuId, SkuId>> swaps;
  for (const Json& item : *array) {
    const auto pair = item.is_array() ? ReadIds<SkuId>(item) : std::nullopt;
    if (!pair || pair->size() != 2) return Unreadable(text);
    swaps.emplace_back(pair->front(), pair->back());
  }
  return swaps;
}

std::string EncodeRequest(const ServiceError& service) {
  std::string text = service.request_id;
  if (!service.request_date.empty()) text.append(kBetweenIdAndDate).append(service.request_date);
  return text;
}

void DecodeRequest(std::string_view text, ServiceError& service) {
  const auto end = text.find(kBetweenIdAndDate);
  service.request_id = text.substr(0, end);
  service.request_date = end == std::string_view::npos
                             ? std::string_view()
                             : text.substr(end + kBetweenIdAndDate.size());
}

}  // namespace seatkeeper
