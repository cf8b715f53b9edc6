#include "reconciler/store/revision_json.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace seatkeeper {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t DayNumber(std::chrono::year_month_day day) {
  return std::chrono::sys_days(day).time_since_epoch().count();
}

std::chrono::year_month_day DayOf(const Json& json) {
  return std::chrono::sys_days(std::chrono::days(json.get<std::int64_t>()));
}

SkuId ProductOf(const Json& json) {
  const auto product = SkuId::Parse(json.get_ref<const std::string&>());
  if (!product) throw std::invalid_argument("no product id");
  return *product;
}

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

template <typename T>
std::optional<T> OptionalOf(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<T>();
}

Json Write(const RevisionDocument& document) {
  Json json{{"kind", document.kind}, {"name", document.name},     {"content", document.content},
            {"at", document.at},     {"products", Json::array()}, {"expires", Json()}};
  for (const auto& product : document.products) json["products"].push_back(product.ToString());
  if (document.expires) json["expires"] = DayNumber(*document.expires);
  return json;
}

RevisionDocument ReadDocument(const Json& json) {
  RevisionDocument document{.kind = json.at("kind"),
                            .name = json.at("name"),
                            .content = json.at("content"),
                            .at = json.at("at"),
                            .products = {}};
  for (const auto& product : json.at("products")) document.products.push_back(ProductOf(product));
  if (!json.at("expires").is_null()) document.expires = DayOf(json.at("expires"));
  return document;
}

Json Write(const AmountLimit& limit) {
  return {{"seats", OrNull(limit.seats)}, {"percent", OrNull(limit.percent)}};
}

AmountLimit ReadLimit(const Json& json) {
  return {.seats = OptionalOf<int>(json.at("seats")),
          .percent = OptionalOf<double>(json.at("percent"))};
}

Json Write(const ProductCare& care) {
  return {{"management", static_cast<int>(care.management)},
          {"after", care.after.count()},
          {"confirmations", care.confirmations},
          {"removeRedundantDirect", care.remove_redundant_direct},
          {"at", care.at}};
}

ProductCare ReadCare(const Json& json) {
  return {.management = static_cast<Management>(json.at("management").get<int>()),
          .after = std::chrono::milliseconds(json.at("after").get<std::int64_t>()),
          .confirmations = json.at("confirmations"),
          .remove_redundant_direct = json.at("removeRedundantDirect"),
          .at = json.at("at")};
}

Json Write(const RevisionLimits& limits) {
  Json json{{"maxUnassign", Write(limits.max_unassign)},
            {"maxAssign", Json::array()},
            {"maxChanges", OrNull(limits.max_changes)},
            {"mailboxLoss", static_cast<int>(limits.mailbox_loss)},
            {"protected", limits.protected_subjects},
            {"windows", limits.windows},
            {"freezes", Json::array()},
            {"at", limits.at}};
  for (const auto& limit : limits.max_assign) json["maxAssign"].push_back(Write(limit));
  for (const auto& [from, to] : limits.freezes) {
    json["freezes"].push_back({DayNumber(from), DayNumber(to)});
  }
  return json;
}

RevisionLimits ReadLimits(const Json& json) {
  RevisionLimits limits{.max_unassign = ReadLimit(json.at("maxUnassign")),
                        .max_assign = {},
                        .max_changes = OptionalOf<int>(json.at("maxChanges")),
                        .mailbox_loss = static_cast<MailboxLoss>(json.at("mailboxLoss").get<int>()),
                        .protected_subjects = json.at("protected"),
                        .windows = json.at("windows"),
                        .freezes = {},
                        .at = json.at("at")};
  for (const auto& limit : json.at("maxAssign")) limits.max_assign.push_back(ReadLimit(limit));
  for (const auto& days : json.at("freezes")) {
    limits.freezes.emplace_back(DayOf(days.at(0)), DayOf(days.at(1)));
  }
  return limits;
}

RevisionSummary Read(const Json& json) {
  RevisionSummary summary{.revision = {},
                          .documents = {},
                          .names = {},
                          .care = {},
                          .limits = ReadLimits(json.at("limits"))};
  for (const auto& document : json.at("documents")) {
    summary.documents.push_back(ReadDocument(document));
  }
  for (const auto& [key, name] : json.at("names").items()) {
    summary.names.emplace(key, NamedProduct{.product = ProductOf(name.at("product")),
                                            .written = name.at("written"),
                                            .at = name.at("at")});
  }
  for (const auto& [product, care] : json.at("care").items()) {
    summary.care.emplace(ProductOf(Json(product)), ReadCare(care));
  }
  return summary;
}

}  // namespace

std::string EncodeRevision(const RevisionSummary& summary) {
  Json json{{"documents", Json::array()},
            {"names", Json::object()},
            {"care", Json::object()},
            {"limits", Write(summary.limits)}};
  for (const auto& document : summary.documents) json["documents"].push_back(Write(document));
  for (const auto& [key, name] : summary.names) {
    json["names"][key] = {
        {"product", name.product.ToString()}, {"written", name.written}, {"at", name.at}};
  }
  for (const auto& [product, care] : summary.care) json["care"][product.ToString()] = Write(care);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<RevisionSummary> DecodeRevision(std::string_view text) {
  try {
    return Read(Json::parse(text));
  } catch (const std::exception&) {
    return Error{.kind = ErrorKind::kStore,
                 .message = "The store's accepted policy revision cannot be read.",
                 .position = {},
                 .service = {}};
  }
}

}  // namespace seatkeeper
