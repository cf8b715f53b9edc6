#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/envelope.h"

namespace seatkeeper {

/// Reports documents of one kind that bear one name ("duplicate-name"), at the later one.
/// Remembers what it has seen: one object per load, documents in order of their files.
class NameCheck {
 public:
  void Add(const Envelope& envelope, std::vector<Diagnostic>& diagnostics);

 private:
  std::map<std::pair<DocumentKind, std::string>, SourcePosition> seen_;
};

/// Reports a product that two ProductPolicies look after in one tenant
/// ("duplicate-product-policy"), at the later one. As NameCheck otherwise. Linear in the number of
/// tenants named.
class ProductPolicyCheck {
 public:
  void Add(const ProductPolicy& policy, int length, std::vector<Diagnostic>& diagnostics);

 private:
  struct Holder {
    std::string name;
    SourcePosition at;
  };
  // The tenants of one product; "" holds the first policy at all, "all" the first for all tenants.
  std::map<std::string, std::map<std::string, Holder>> holders_;
};

}  // namespace seatkeeper
