#include "reconciler/model/columns.h"

#include <functional>
#include <string>
#include <tuple>

#include "policy/text.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

template <typename T>
std::vector<T> Permuted(const std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> result;
  result.reserve(order.size());
  for (const auto row : order) result.push_back(values[row]);
  return result;
}

}  // namespace

void CodeColumn::PermuteCodes(const std::vector<std::uint32_t>& order) {
  codes_ = Permuted(codes_, order);
}

template <typename Intern>
void CodeColumn::SpliceCodes(const CodeColumn& earlier, const CodeColumn& later, const Splice& rows,
                             std::size_t later_end, Intern&& intern) {
  std::vector<Code> known(later_end, kAbsent);
  codes_ = rows.Of(earlier.codes_, later.codes_, [&](Code code) {
    if (code < kFirstValue) return code;
    if (known[code] == kAbsent) known[code] = intern(code);
    return known[code];
  });
}

void StringColumn::Permute(const std::vector<std::uint32_t>& order) {
  PermuteCodes(order);
  texts_.ShrinkToFit();
}

StringColumn StringColumn::Spliced(const StringColumn& earlier, const StringColumn& later,
                                   const Splice& rows) {
  StringColumn result;
  result.texts_ = earlier.texts_;
  result.SpliceCodes(earlier, later, rows, later.dictionary_end(),
                     [&](Code code) { return result.Intern(later.Text(code)); });
  result.texts_.ShrinkToFit();
  return result;
}

CodeColumn::Code ListColumn::Intern(std::span<const std::string_view> texts) {
  std::vector<std::string_view> sorted(texts.begin(), texts.end());
  SortUnique(sorted);
  std::vector<TextDictionary::Code> codes;
  codes.reserve(sorted.size());
  for (const auto text : sorted) codes.push_back(items_.Intern(text));
  return kFirstList + lists_.Intern(codes);
}

void ListColumn::Permute(const std::vector<std::uint32_t>& order) {
  PermuteCodes(order);
  items_.ShrinkToFit();
  lists_.ShrinkToFit();
}

ListColumn ListColumn::Spliced(const ListColumn& earlier, const ListColumn& later,
                               const Splice& rows) {
  ListColumn result;
  result.items_ = earlier.items_;
  result.lists_ = earlier.lists_;
  std::vector<std::string_view> texts;
  result.SpliceCodes(earlier, later, rows, later.dictionary_end(), [&](Code code) {
    texts.clear();
    for (const auto item : later.List(code)) texts.push_back(later.items().Text(item));
    return result.Intern(texts);
  });
  result.items_.ShrinkToFit();
  result.lists_.ShrinkToFit();
  return result;
}

CodeColumn::Code PlanColumn::Intern(std::span<const AssignedPlanInput> plans) {
  std::vector<std::tuple<std::string, std::string_view, std::string_view>> sorted;
  sorted.reserve(plans.size());
  for (const auto& plan : plans) {
    sorted.emplace_back(AsciiLower(plan.service_plan_id), plan.service, plan.capability_status);
  }
  SortUnique(sorted);
  std::vector<std::uint32_t> codes;
  codes.reserve(sorted.size());
  for (const auto& [id, service, status] : sorted) {
    const auto id_code = texts_.Intern(id);
    const auto service_code = texts_.Intern(service);
    codes.push_back(InternPlan({id_code, service_code, texts_.Intern(status)}));
  }
  return kFirstSet + sets_.Intern(codes);
}

std::uint32_t PlanColumn::InternPlan(const Plan& plan) {
  const auto hash_of = [](const Plan& any) {
    const TextDictionary::Code parts[] = {any.service_plan_id, any.service, any.capability_status};
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(parts), sizeof parts});
  };
  const auto known =
      plan_index_.Find(hash_of(plan), [&](std::uint32_t index) { return plans_[index] == plan; });
  if (known) return *known;
  const auto index = static_cast<std::uint32_t>(plans_.size());
  plans_.push_back(plan);
  plan_index_.Add(index, [&](std::uint32_t any) { return hash_of(plans_[any]); });
  return index;
}

void PlanColumn::Permute(const std::vector<std::uint32_t>& order) {
  PermuteCodes(order);
  ShrinkToFit();
}

void PlanColumn::ShrinkToFit() {
  texts_.ShrinkToFit();
  plans_.shrink_to_fit();
  sets_.ShrinkToFit();
}

PlanColumn PlanColumn::Spliced(const PlanColumn& earlier, const PlanColumn& later,
                               const Splice& rows) {
  PlanColumn result;
  result.texts_ = earlier.texts_;
  result.plans_ = earlier.plans_;
  result.plan_index_ = earlier.plan_index_;
  result.sets_ = earlier.sets_;
  std::vector<AssignedPlanInput> plans;
  result.SpliceCodes(earlier, later, rows, later.dictionary_end(), [&](Code code) {
    plans.clear();
    for (const auto index : later.PlanSet(code)) {
      const auto& plan = later.plans()[index];
      plans.push_back({later.texts().Text(plan.service_plan_id), later.texts().Text(plan.service),
                       later.texts().Text(plan.capability_status)});
    }
    return result.Intern(plans);
  });
  result.ShrinkToFit();
  return result;
}

void TimeColumn::Permute(const std::vector<std::uint32_t>& order) {
  values_ = Permuted(values_, order);
}

TimeColumn TimeColumn::Spliced(const TimeColumn& earlier, const TimeColumn& later,
                               const Splice& rows) {
  TimeColumn result;
  result.values_ = rows.Of(earlier.values_, later.values_);
  return result;
}

void BooleanColumn::Permute(const std::vector<std::uint32_t>& order) {
  values_ = Permuted(values_, order);
}

BooleanColumn BooleanColumn::Spliced(const BooleanColumn& earlier, const BooleanColumn& later,
                                     const Splice& rows) {
  BooleanColumn result;
  result.values_ = rows.Of(earlier.values_, later.values_);
  return result;
}

}  // namespace seatkeeper
