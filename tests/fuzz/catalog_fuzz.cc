// Reading any bytes as a product catalogue ends, and a refusal says where.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/product_csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const seatkeeper::SourceFile file{"catalog.csv",
                                    std::string(reinterpret_cast<const char*>(data), size)};
  const auto catalog = seatkeeper::ParseProductCatalog(file);
  if (!catalog) {
    const auto& error = catalog.error();
    if (error.message.empty() || !error.position || error.position->file != file.path) abort();
    if (error.position->line > 0 && static_cast<std::size_t>(error.position->line) > size) abort();
    return 0;
  }
  // Whatever a product is called by, it is found by it; but what reads as an id is one.
  for (const auto name : catalog->product_names()) {
    if (seatkeeper::ProductNameKey(name).empty() || seatkeeper::SkuId::Parse(name)) continue;
    if (catalog->FindProducts(name).empty()) abort();
  }
  return 0;
}
