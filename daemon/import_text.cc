#include "daemon/import_text.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "daemon/accept_patch.h"
#include "daemon/import_words.h"
#include "policy/text.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

class Writer {
 public:
  Writer(const Import& described, const ObservedState& observed, const ImportTextOptions& options)
      : described_(described), observed_(observed), options_(options) {}

  std::vector<SourceFile> Run() {
    std::string rules;
    std::string named;
    for (const auto& document : described_.documents) {
      auto& text = document.conditions.empty() ? named : rules;
      text += (text.empty() ? "" : "---\n") + Document(document);
    }
    std::vector<SourceFile> files;
    const auto head = Head();
    if (!rules.empty()) {
      files.push_back({.path = options_.folder + "rules.yaml", .text = head + rules});
    }
    if (!named.empty()) {
      files.push_back({.path = options_.folder + "by-name.yaml",
                       .text = (rules.empty() ? head : std::string(kNamedHead)) + named});
    }
    return files;
  }

 private:
  static constexpr std::string_view kNamedHead =
      "# Who holds what for no reason that a rule or a group could say. Shorten these lists:\n"
      "# add a rule where there is a reason, or a group.\n\n";

  std::string Head() const {
    std::string head = fmt::format(
        "# Who held what directly on {}, as policies. They grant what is held already,\n"
        "# and nothing here takes anything away: management stays at `assign-only`.\n",
        FormatTime(observed_.read_at).substr(0, 10));
    for (const auto& each : described_.inherited) {
      head += fmt::format("# - {}: {} it from the group {}; no policy describes that.\n",
                          CommentOn(each.product), PeopleGet(each.users), GroupName(each.group));
    }
    for (const auto& each : described_.gaps) {
      head += fmt::format("# - {}: not described, for {}; {} it directly.\n",
                          CommentOn(each.product), Printable(each.why), PeopleHold(each.holders));
    }
    for (const auto& each : described_.products) {
      if (each.seatless == 0) continue;
      head += fmt::format(
          "# - {}: {} assigned it without having a seat: left as it is.\n", CommentOn(each.product),
          each.seatless == 1 ? "1 person is" : fmt::format("{} people are", each.seatless));
    }
    return head + "\n";
  }

  std::string Document(const ImportDocument& document) {
    const auto expression = RuleOf(document);
    std::string text = document.conditions.empty() ? NamedComment(document) : RuleComment(document);
    text += fmt::format("apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata:\n  name: {}\n",
                        YamlText(Unused(NameOf(document))));
    if (!options_.tenant.empty())
      text += fmt::format("  tenants: [{}]\n", YamlText(options_.tenant));
    text += "spec:\n";
    if (document.priority != 0) text += fmt::format("  priority: {}\n", document.priority);
    text += "  subjects:\n";
    const auto* group = GroupOf(document);
    if (group != nullptr) text += fmt::format("    groups: [{}]\n", YamlText(*group));
    if (!expression.empty()) {
      text +=
          fmt::format("    {}: {}\n", group == nullptr ? "rule" : "where", YamlRule(expression));
    }
    if (!document.users.empty()) text += "    users:\n" + Users(document.users, "      ");
    if (!document.except.empty()) {
      text += "    except:\n      users:\n" + Users(document.except, "        ");
    }
    text += "  licenses:\n";
    for (const auto& grant : document.grants) text += GrantText(grant);
    return text;
  }

  std::string GrantText(const ImportGrant& grant) const {
    auto text = fmt::format("    - product: {}\n", YamlText(Product(grant.product)));
    if (!grant.disabled) return text;
    std::vector<std::string> names;
    for (const auto& id : *grant.disabled) names.push_back(YamlText(Plan(grant.product, id)));
    return text + fmt::format("      disabledPlans: [{}]\n", fmt::join(names, ", "));
  }

  // The name where it leads back to the same thing, else the id.
  std::string Product(ProductIndex index) const {
    const auto& product = observed_.products[index];
    const auto found =
        ResolveProduct({.value = product.name(), .at = {}}, observed_, options_.catalog);
    return found && *found == product.id ? product.name() : product.id.ToString();
  }
  std::string Plan(ProductIndex index, const PlanId& id) const {
    const auto name = NameOfServicePlan(id, observed_);
    PlanSelection selection{.kind = PlanSelection::Kind::kDisabled,
                            .plans = {{.value = name, .at = {}}}};
    const auto found = ResolveDisabledPlans(selection, observed_.products[index], options_.catalog);
    return found && *found == std::vector{id} ? name : id.ToString();
  }
  std::string User(Row row) const {
    const auto& users = observed_.users;
    const auto name = users.user_principal_name(row);
    const bool found = !name.empty() && users.FindByPrincipalName(name) == row;
    return found && Printable(name) == name ? std::string(name) : users.id(row).ToString();
  }
  std::string Users(const std::vector<Row>& rows, std::string_view indent) const {
    std::set<std::string> names;
    for (const auto row : rows) names.insert(User(row));
    std::string text;
    for (const auto& name : names) text += fmt::format("{}- {}\n", indent, YamlText(name));
    return text;
  }

  std::string CommentOn(ProductIndex product) const { return Printable(Product(product)); }
  std::string GroupName(const GroupId& id) const {
    const auto* group = observed_.FindGroup(id);
    return group == nullptr || group->display_name.empty() ? id.ToString()
                                                           : Printable(group->display_name);
  }

  std::string NameOf(const ImportDocument& document) const {
    if (!document.conditions.empty()) return NameOfRule(document.conditions);
    const auto& grant = document.grants.front();
    auto name = PlainName(Product(grant.product)) + "-by-name";
    if (!grant.disabled || grant.disabled->empty()) return name;
    name += "-without-" + PlainName(Plan(grant.product, grant.disabled->front()));
    if (grant.disabled->size() > 1) name += fmt::format("-and-{}-more", grant.disabled->size() - 1);
    return name;
  }
  std::string Unused(const std::string& name) {
    auto unused = name;
    for (int i = 2; !names_.insert(unused).second; ++i) unused = fmt::format("{}-{}", name, i);
    return unused;
  }

  const Import& described_;
  const ObservedState& observed_;
  const ImportTextOptions& options_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<SourceFile> RenderImport(const Import& described, const ObservedState& observed,
                                     const ImportTextOptions& options) {
  return Writer(described, observed, options).Run();
}

}  // namespace seatkeeper
