#include "reconciler/graph/audit_page.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "policy/text.h"
#include "reconciler/graph/url.h"

namespace seatkeeper {
namespace {

using nlohmann::json;

constexpr std::string_view kActivity = "Change user license";
// Every change of a user, and beside every change of licences another one.
constexpr std::string_view kUpdate = "Update user";
constexpr std::string_view kGroupLicensing = "group-based licensing";
constexpr std::string_view kAssigned = "AssignedLicense";
// The service's most.
constexpr int kPageSize = 999;

const json* At(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string TextAt(const json& object, const char* name) {
  const auto* value = At(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// What a user held: of each product the words for the service plans that were off.
using Held = std::map<SkuId, std::string>;

// A list of texts, "[SkuName=..., AccountId=..., SkuId=<guid>, DisabledPlans=[...]]", as a text
// itself. Nothing where it is anything else, as when it was cut short.
std::optional<Held> HeldIn(const std::string& text) {
  Held held;
  if (text.empty()) return held;
  const auto list = json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  constexpr std::string_view kId = "SkuId=";
  constexpr std::string_view kPlans = "DisabledPlans=";
  constexpr std::size_t kGuidLength = 36;
  for (const auto& item : list) {
    if (!item.is_string()) return std::nullopt;
    const auto& words = item.get_ref<const std::string&>();
    const auto at = words.find(kId);
    if (at == std::string::npos) return std::nullopt;
    const auto id = SkuId::Parse(std::string_view(words).substr(at + kId.size(), kGuidLength));
    if (!id) return std::nullopt;
    const auto plans = words.find(kPlans);
    held[*id] = plans == std::string::npos ? std::string() : words.substr(plans + kPlans.size());
  }
  return held;
}

void TakeProducts(const json& target, LicenseEvent& event) {
  const auto* properties = At(target, "modifiedProperties");
  if (properties == nullptr || !properties->is_array()) return;
  for (const auto& property : *properties) {
    if (TextAt(property, "displayName") != kAssigned) continue;
    const auto before = HeldIn(TextAt(property, "oldValue"));
    const auto after = HeldIn(TextAt(property, "newValue"));
    if (!before || !after) return;
    event.names_products = true;
    for (const auto& [product, plans] : *after) {
      const auto held = before->find(product);
      if (held == before->end()) {
        event.gained.push_back(product);
      } else if (held->second != plans) {
        event.altered.push_back(product);
      }
    }
    for (const auto& [product, plans] : *before) {
      if (!after->contains(product)) event.lost.push_back(product);
    }
    return;
  }
}

void TakeActor(const json& entry, LicenseEvent& event) {
  const auto* by = At(entry, "initiatedBy");
  if (by == nullptr) return;
  const auto take = [&](const json& who, Actor actor, std::string name) {
    if (name.empty()) name = TextAt(who, "displayName");
    if (name.empty()) return;
    const bool service =
        AsciiLower(TextAt(who, "displayName")).find(kGroupLicensing) != std::string::npos ||
        AsciiLower(name).find(kGroupLicensing) != std::string::npos;
    event.actor = service ? Actor::kGroupLicensing : actor;
    event.name = std::move(name);
  };
  if (const auto* app = At(*by, "app")) take(*app, Actor::kApplication, {});
  if (const auto* user = At(*by, "user")) {
    take(*user, Actor::kUser, TextAt(*user, "userPrincipalName"));
  }
}

const json* UserAmong(const json& entry) {
  const auto* targets = At(entry, "targetResources");
  if (targets == nullptr || !targets->is_array()) return nullptr;
  for (const auto& target : *targets) {
    if (TextAt(target, "type") == "User") return &target;
  }
  return nullptr;
}

std::optional<LicenseEvent> EventIn(const json& entry) {
  const auto activity = TextAt(entry, "activityDisplayName");
  if (activity != kActivity && activity != kUpdate) return std::nullopt;
  if (TextAt(entry, "result") != "success") return std::nullopt;
  const auto* target = UserAmong(entry);
  const auto at = ParseTime(TextAt(entry, "activityDateTime"));
  if (target == nullptr || !at) return std::nullopt;
  const auto user = UserId::Parse(TextAt(*target, "id"));
  if (!user) return std::nullopt;
  LicenseEvent event{.at = *at, .user = *user};
  TakeActor(entry, event);
  TakeProducts(*target, event);
  if (activity == kUpdate && !event.names_products) return std::nullopt;
  return event;
}

}  // namespace

std::string AuditListing(WallTime since) {
  return fmt::format(
      "/auditLogs/directoryAudits?$filter={}&$top={}",
      UrlEncode(fmt::format(
          "(activityDisplayName eq {} or activityDisplayName eq {}) and activityDateTime ge {}",
          ODataLiteral(kActivity), ODataLiteral(kUpdate),
          FormatTime(std::chrono::floor<std::chrono::seconds>(since)))),
      kPageSize);
}

Result<AuditPage> DecodeAuditPage(const std::string& body) {
  const auto document = json::parse(body, nullptr, false);
  const auto* value = At(document, "value");
  if (value == nullptr || !value->is_array()) {
    return Error{.kind = ErrorKind::kIncomplete, .message = "the page has no `value`"};
  }
  AuditPage page{.entries = {}, .next_link = TextAt(document, "@odata.nextLink")};
  for (const auto& entry : *value) {
    auto event = EventIn(entry);
    if (event) page.entries.push_back({TextAt(entry, "correlationId"), *std::move(event)});
  }
  return page;
}

}  // namespace seatkeeper
