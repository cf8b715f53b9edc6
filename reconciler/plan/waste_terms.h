#pragma once

#include <map>

#include "reconciler/model/observed.h"
#include "reconciler/plan/waste.h"

namespace seatkeeper {

/// The terms on which a tenant has its products: what was bought, tried or taken free of charge,
/// and when what was bought can shrink.
class WasteTerms {
 public:
  explicit WasteTerms(const ObservedState& observed);

  /// Fills in the billing, and what is a trial's or a self-service subscription's.
  void Judge(const Product& product, ProductWaste& waste) const;
  /// Shares `waste.returnable` out to the subscriptions that an administrator or partner bought,
  /// the earliest renewal first: together they can give back no more.
  void ShareOut(ProductWaste& waste) const;

 private:
  struct Terms {
    int trial = 0;
    int self_service = 0;
    std::vector<Renewal> bought;
  };

  bool read_ = false;
  std::map<SkuId, Terms> terms_;  // Of subscriptions that are in force.
};

}  // namespace seatkeeper
