#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Lists as the store keeps them: JSON text that SQLite's own functions and people can read.
/// [{"product":"<sku id>","disabledPlans":["<plan id>"]}], ["<sku id>"] and ["<plan id>"].
std::string EncodeLicenses(const std::vector<AddLicense>& licenses);
std::string EncodeProducts(const std::vector<SkuId>& products);
std::string EncodePlans(const std::vector<PlanId>& plans);
/// [{"product":"<sku id>","users":<how many>}]
std::string EncodeCounts(const std::vector<std::pair<SkuId, int>>& counts);
/// [["<sku id taken>","<sku id given for it>"]]
std::string EncodeSwaps(const std::vector<std::pair<SkuId, SkuId>>& swaps);

/// kStore when the text is not what the encoders write.
Result<std::vector<AddLicense>> DecodeLicenses(std::string_view text);
Result<std::vector<SkuId>> DecodeProducts(std::string_view text);
Result<std::vector<PlanId>> DecodePlans(std::string_view text);
Result<std::vector<std::pair<SkuId, int>>> DecodeCounts(std::string_view text);
Result<std::vector<std::pair<SkuId, SkuId>>> DecodeSwaps(std::string_view text);

/// A request's id with the service's time of its error, in one column: "ID, DATE"; the date may be
/// missing, and then is not written. An id holds no comma; any text can be read.
std::string EncodeRequest(const ServiceError& service);
void DecodeRequest(std::string_view text, ServiceError& service);

}  // namespace seatkeeper
