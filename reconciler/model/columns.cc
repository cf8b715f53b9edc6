#include "reconciler/model/columns.h"

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

StringColumn::Code StringColumn::Intern(std::string_view text) {
  if (const auto known = index_.find(text); known != index_.end()) return known->second;
  const Code code = dictionary_end();
  texts_.emplace_back(text);
  index_.emplace(texts_.back(), code);
  return code;
}

void StringColumn::Permute(const std::vector<std::uint32_t>& order) {
  codes_ = Permuted(codes_, order);
}

void BooleanColumn::Permute(const std::vector<std::uint32_t>& order) {
  values_ = Permuted(values_, order);
}

}  // namespace seatkeeper
