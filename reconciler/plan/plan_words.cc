#include "reconciler/plan/plan_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/printable.h"

namespace seatkeeper {

std::string ProductWord(const Plan& plan, const SkuId& product) {
  return Printable(plan.ProductName(product));
}

std::string ProductWords(const Plan& plan, const std::vector<SkuId>& products) {
  std::vector<std::string> names;
  names.reserve(products.size());
  for (const auto& product : products) names.push_back(ProductWord(plan, product));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string ServicePlanWords(const Plan& plan, const std::vector<PlanId>& plans) {
  std::vector<std::string> names;
  names.reserve(plans.size());
  for (const auto& id : plans) names.push_back(Printable(plan.ServicePlanName(id)));
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string WithoutWords(const Plan& plan, const AddLicense& add) {
  if (add.disabled_plans.empty()) return "";
  return fmt::format(" (without {})", ServicePlanWords(plan, add.disabled_plans));
}

std::string ReprocessWords(const Plan& plan, const Change& change) {
  if (!change.reprocess) return "";
  std::vector<std::string> words;
  for (const auto& given : change.reprocess->products) {
    words.push_back(fmt::format("{} through group `{}`: {}", ProductWord(plan, given.product),
                                Printable(given.group_name), GoneWords(given.blocker)));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string OriginWords(const Origin& origin) {
  return fmt::format("{} ({})", Printable(origin.policy), Printable(ToString(origin.at)));
}

std::string Counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

const SkuId* SwappedFor(const Change& change, const SkuId& product) {
  const auto found = std::find_if(change.swaps.begin(), change.swaps.end(),
                                  [&](const auto& swap) { return swap.first == product; });
  return found == change.swaps.end() ? nullptr : &found->second;
}

}  // namespace seatkeeper
