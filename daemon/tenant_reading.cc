#include "daemon/tenant_reading.h"

#include <utility>

namespace seatkeeper {

Result<ObservedState> ReadTenant(Runtime& runtime, const TenantConfig& tenant,
                                 const ReadRequest& request, const PropertySet& also) {
  auto provider = MakeProvider(tenant, runtime.provider_parts());
  if (!provider) return std::move(provider).error();
  ObservedBuilder sink(request.properties | also);
  const auto began = runtime.clock().Now();
  const auto read = runtime.Await<Result<void>>(
      [&](auto done) { (*provider)->Read(request, sink, std::move(done)); });
  if (!read) return read.error();
  return sink.Finish(KeyOf(tenant).tenant_id, ReadingTime(**provider).value_or(began));
}

}  // namespace seatkeeper
