#include "reconciler/store/approval_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace seatkeeper {
namespace {

using Json = nlohmann::ordered_json;

Error Unreadable() {
  return Error{.kind = ErrorKind::kStore,
               .message = "The store holds a held set or an approval that cannot be read.",
               .position = {},
               .service = {}};
}

/// Reads the keys of one object; once anything is missing or of another type it is not ok.
class Reader {
 public:
  explicit Reader(const Json& object) : object_(object), ok_(object.is_object()) {}

  bool ok() const { return ok_; }

  std::string Text(const char* key) {
    const auto* value = Find(key);
    if (value == nullptr || !value->is_string()) return Fail();
    return value->get<std::string>();
  }
  std::string TextOr(const char* key) { return Find(key) == nullptr ? "" : Text(key); }

  bool Boolean(const char* key) {
    const auto* value = Find(key);
    if (value == nullptr || !value->is_boolean()) return !Fail().empty();
    return value->get<bool>();
  }

  template <typename AnyId>
  AnyId IdOf(const char* key) {
    const auto id = AnyId::Parse(Text(key));
    if (!id) Fail();
    return id.value_or(AnyId{});
  }
  template <typename AnyId>
  std::optional<AnyId> MaybeIdOf(const char* key) {
    return Find(key) == nullptr ? std::nullopt : std::optional(IdOf<AnyId>(key));
  }

  std::optional<std::vector<PlanId>> Plans(const char* key) {
    const auto* list = Find(key);
    if (list == nullptr) return std::nullopt;
    std::vector<PlanId> plans;
    for (const auto& item : *list) {
      const auto id = item.is_string() ? PlanId::Parse(item.get_ref<const std::string&>())
                                       : std::optional<PlanId>();
      if (!id) Fail();
      plans.push_back(id.value_or(PlanId{}));
    }
    return plans;
  }

  bool Has(const char* key) const { return Find(key) != nullptr; }

 private:
  const Json* Find(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  std::string Fail() {
    ok_ = false;
    return {};
  }

  const Json& object_;
  bool ok_;
};

Json WritePlans(const std::vector<PlanId>& plans) {
  Json list = Json::array();
  for (const auto& plan : plans) list.push_back(plan.ToString());
  return list;
}

Json WriteHeldItem(const HeldItem& item, const std::string& name) {
  Json json;
  if (const auto* group = std::get_if<GroupId>(&item.subject)) {
    json["group"] = group->ToString();
  } else {
    json["user"] = std::get<UserId>(item.subject).ToString();
  }
  json["name"] = name;
  json["action"] = ToString(item.action);
  json["product"] = item.product.ToString();
  if (!item.disabled_plans.empty()) json["off"] = WritePlans(item.disabled_plans);
  if (item.before) json["before"] = WritePlans(*item.before);
  if (!item.affected.empty()) json["affected"] = item.affected;
  json["guardrail"] = item.guardrail;
  if (item.about) json["about"] = item.about->ToString();
  json["approvable"] = item.approvable;
  if (!item.because.empty()) json["because"] = item.because;
  return json;
}

bool ReadHeldItem(const Json& json, HeldSet& set) {
  Reader read(json);
  HeldItem item;
  if (read.Has("group")) {
    item.subject = read.IdOf<GroupId>("group");
  } else {
    item.subject = read.IdOf<UserId>("user");
  }
  const auto action = ParseHeldAction(read.Text("action"));
  item.product = read.IdOf<SkuId>("product");
  item.disabled_plans = read.Plans("off").value_or(std::vector<PlanId>());
  item.before = read.Plans("before");
  item.affected = read.TextOr("affected");
  item.guardrail = read.Text("guardrail");
  item.about = read.MaybeIdOf<SkuId>("about");
  item.approvable = read.Boolean("approvable");
  item.because = read.TextOr("because");
  set.names.push_back(read.Text("name"));
  if (!read.ok() || !action) return false;
  item.action = *action;
  set.items.push_back(std::move(item));
  return true;
}

Json WriteReason(const HeldReason& reason) {
  Json json;
  json["guardrail"] = reason.guardrail;
  if (reason.about) json["about"] = reason.about->ToString();
  json["approvable"] = reason.approvable;
  json["limit"] = reason.limit;
  json["release"] = reason.release;
  return json;
}

bool ReadReason(const Json& json, HeldSet& set) {
  Reader read(json);
  set.reasons.push_back({.guardrail = read.Text("guardrail"),
                         .about = read.MaybeIdOf<SkuId>("about"),
                         .approvable = read.Boolean("approvable"),
                         .limit = read.Text("limit"),
                         .release = read.Text("release")});
  return read.ok();
}

}  // namespace

std::string EncodeApproved(const std::vector<ApprovedBy>& approved) {
  Json list = Json::array();
  for (const auto& by : approved) {
    Json json;
    json["approval"] = by.approval;
    json["digest"] = by.digest;
    json["who"] = by.who;
    json["reason"] = by.reason;
    json["guardrail"] = by.guardrail;
    if (by.about) json["about"] = by.about->ToString();
    json["product"] = by.product.ToString();
    list.push_back(std::move(json));
  }
  return list.dump();
}

Result<std::vector<ApprovedBy>> DecodeApproved(std::string_view text) {
  const Json list = Json::parse(text, nullptr, false);
  if (!list.is_array()) return Unreadable();
  std::vector<ApprovedBy> approved;
  for (const auto& json : list) {
    Reader read(json);
    approved.push_back({.approval = read.Text("approval"),
                        .digest = read.Text("digest"),
                        .who = read.Text("who"),
                        .reason = read.Text("reason"),
                        .guardrail = read.Text("guardrail"),
                        .about = read.MaybeIdOf<SkuId>("about"),
                        .product = read.IdOf<SkuId>("product")});
    if (!read.ok()) return Unreadable();
  }
  return approved;
}

std::string EncodeHeldSet(const HeldSet& set) {
  Json json;
  json["items"] = Json::array();
  for (std::size_t i = 0; i < set.items.size(); ++i) {
    json["items"].push_back(WriteHeldItem(set.items[i], set.names[i]));
  }
  json["reasons"] = Json::array();
  for (const auto& reason : set.reasons) json["reasons"].push_back(WriteReason(reason));
  // A name of the tenant's may hold what is no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<HeldSet> DecodeHeldSet(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("items") || !json.contains("reasons")) {
    return Unreadable();
  }
  HeldSet set;
  for (const auto& item : json["items"]) {
    if (!ReadHeldItem(item, set)) return Unreadable();
  }
  for (const auto& reason : json["reasons"]) {
    if (!ReadReason(reason, set)) return Unreadable();
  }
  return set;
}

}  // namespace seatkeeper
