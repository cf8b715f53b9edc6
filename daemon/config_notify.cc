#include "daemon/config_notify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/notify_schema.h"
#include "policy/fields.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::array kAllKinds{NewsKind::kHeld, NewsKind::kApplied, NewsKind::kFailed,
                               NewsKind::kShortage, NewsKind::kPolicyError};

class TargetReader {
 public:
  TargetReader(const yaml::Node& node, const std::vector<TenantConfig>& tenants,
               const ConfigPlace& place, std::vector<Diagnostic>& diagnostics)
      : fields_(node), tenants_(tenants), place_(place), diagnostics_(diagnostics) {}

  NotifyTarget Read(std::size_t number) {
    target_.type =
        fields_.Choice<NotifyType>("type", kNotifyTypeWords).value_or(NotifyType::kWebhook);
    const auto word = kNotifyTypeWords[static_cast<std::size_t>(target_.type)].word;
    target_.name = fmt::format("{}-{}", word, number + 1);
    if (auto name = fields_.String("name")) target_.name = std::move(name->value);
    ReadSecret("urlFile", "urlVariable", target_.url_file, target_.url);
    ReadSecret("secretFile", "secretVariable", target_.secret_file, target_.secret);
    if (const auto file = fields_.String("caFile"))
      target_.ca_file = ResolvePath(place_, file->value);
    ReadKinds();
    ReadTenants();
    return std::move(target_);
  }

 private:
  void ReadSecret(std::string_view file_key, std::string_view variable_key, std::string& file,
                  Secret& value) {
    if (const auto path = fields_.String(file_key)) {
      file = ResolvePath(place_, path->value);
      return;
    }
    const auto variable = fields_.String(variable_key);
    if (!variable) return;
    const auto found = place_.environment(variable->value);
    if (!found || found->empty()) {
      diagnostics_.push_back(
          ErrorAt(*variable, "missing-key",
                  "the environment variable " + Quoted(variable->value) + " is not set"));
      return;
    }
    value = Secret(*found);
  }

  void ReadKinds() {
    const auto listed = fields_.StringList("events");
    if (!listed) {
      target_.kinds = {kAllKinds.begin(), kAllKinds.end()};
      return;
    }
    for (const auto& event : *listed) {
      for (const auto kind : kAllKinds) {
        if (kNewsKindWords[static_cast<std::size_t>(kind)].word == event.value) {
          target_.kinds.insert(kind);
        }
      }
    }
  }

  // By the name as the tenant's own entry writes it.
  void ReadTenants() {
    const auto listed = fields_.StringList("tenants");
    if (!listed) return;
    for (const auto& name : *listed) {
      const auto found = std::ranges::find_if(tenants_, [&](const TenantConfig& tenant) {
        return EqualsIgnoreCase(tenant.name, name.value);
      });
      if (found != tenants_.end()) {
        target_.tenants.push_back(found->name);
        continue;
      }
      std::vector<std::string_view> known;
      for (const auto& tenant : tenants_) known.push_back(tenant.name);
      diagnostics_.push_back(ErrorAt(name, "unknown-tenant",
                                     "no tenant " + Quoted(name.value) + " is configured",
                                     SuggestNearest(name.value, known)));
    }
  }

  Fields fields_;
  const std::vector<TenantConfig>& tenants_;
  const ConfigPlace& place_;
  std::vector<Diagnostic>& diagnostics_;
  NotifyTarget target_;
};

}  // namespace

std::vector<NotifyTarget> ReadNotify(const yaml::Node& list,
                                     const std::vector<TenantConfig>& tenants,
                                     const ConfigPlace& place,
                                     std::vector<Diagnostic>& diagnostics) {
  std::vector<NotifyTarget> targets;
  for (const auto& item : list.items) {
    auto target = TargetReader(item, tenants, place, diagnostics).Read(targets.size());
    const auto twin = std::ranges::find_if(targets, [&](const NotifyTarget& other) {
      return EqualsIgnoreCase(other.name, target.name);
    });
    if (twin != targets.end()) {
      const auto* name = item.Find("name");
      diagnostics.push_back(ErrorAt(name == nullptr ? item : *name, "duplicate-name",
                                    "two targets of `notify` are called " + Quoted(target.name),
                                    "give each a `name` of its own"));
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace seatkeeper
