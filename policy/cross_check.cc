#include "policy/cross_check.h"

#include "policy/product_check.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr char kAny[] = "";
constexpr char kAll[] = "all";

// A policy without tenants is for the only tenant there is, so it meets every other.
bool CoversAll(const ProductPolicy& policy) {
  if (policy.tenants.empty()) return true;
  for (const auto& tenant : policy.tenants) {
    if (tenant.value == kAll) return true;
  }
  return false;
}

}  // namespace

void NameCheck::Add(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  if (envelope.name.empty()) return;
  const auto [first, added] =
      seen_.emplace(std::pair(envelope.kind, envelope.name), envelope.name_at);
  if (added) return;
  diagnostics.push_back({.code = "duplicate-name",
                         .message = std::string(ToString(envelope.kind)) + " " +
                                    Quoted(envelope.name) + " is already defined at " +
                                    ToString(first->second),
                         .hint = "give one of them another name",
                         .at = envelope.name_at,
                         .length = static_cast<int>(envelope.name.size())});
}

void ProductPolicyCheck::Add(const ProductPolicy& policy, int length,
                             std::vector<Diagnostic>& diagnostics) {
  if (policy.product.value.empty()) return;
  auto& holders = holders_[ProductKey(policy.product.value)];
  const Holder self{policy.name, policy.product.at};
  const auto find = [&](const std::string& tenant) {
    const auto found = holders.find(tenant);
    return found == holders.end() ? nullptr : &found->second;
  };
  const bool covers_all = CoversAll(policy);
  const Holder* other = find(covers_all ? kAny : kAll);
  for (const auto& tenant : policy.tenants) {
    if (other == nullptr) other = find(tenant.value);
  }
  if (other != nullptr) {
    diagnostics.push_back({.code = "duplicate-product-policy",
                           .message = "the product " + Quoted(policy.product.value) +
                                      " already has the ProductPolicy " + Quoted(other->name) +
                                      " at " + ToString(other->at),
                           .hint = "keep one of them, or give them different tenants",
                           .at = policy.product.at,
                           .length = length});
  }
  holders.emplace(kAny, self);
  if (covers_all) holders.emplace(kAll, self);
  for (const auto& tenant : policy.tenants) holders.emplace(tenant.value, self);
}

}  // namespace seatkeeper
