#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/graph/json_walk.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

/// Single entries in Graph's shapes, shared by Graph's pages and by snapshots. Everything but the
/// ids may be absent or null; unknown properties are skipped.
bool DecodeProduct(JsonWalk& walk, JsonWalk::Value value, Product& out);
bool DecodeSubscription(JsonWalk& walk, JsonWalk::Value value, Subscription& out);
/// `members`, where there are any, is left to `on_field`, which sees the fields that a group's own
/// decoding does not know.
template <typename OnField>
bool DecodeGroupEntry(JsonWalk& walk, JsonWalk::Value value, Group& out, OnField&& on_field);

bool DecodeGroupLicenses(JsonWalk& walk, JsonWalk::Value value, std::vector<GroupLicense>& out);
bool DecodeOptionalBoolean(JsonWalk& walk, JsonWalk::Value value, std::optional<bool>& out);
/// {"state": "ProcessingComplete"}; the documentation also shows the text alone.
bool DecodeProcessingState(JsonWalk& walk, JsonWalk::Value value, std::string& out);

template <typename OnField>
bool DecodeGroupEntry(JsonWalk& walk, JsonWalk::Value value, Group& out, OnField&& on_field) {
  bool has_id = false;
  const bool decoded = walk.Fields(value, [&](std::string_view key, JsonWalk::Value field) {
    if (key == "id") {
      has_id = true;
      return walk.ReadId(field, out.id);
    }
    if (key == "displayName") return walk.OptionalText(field, out.display_name);
    if (key == "assignedLicenses") return DecodeGroupLicenses(walk, field, out.licenses);
    if (key == "securityEnabled") return DecodeOptionalBoolean(walk, field, out.security_enabled);
    if (key == "licenseProcessingState") {
      return DecodeProcessingState(walk, field, out.processing_state);
    }
    return on_field(key, field);
  });
  return decoded && (has_id || walk.FailMissing("id"));
}

}  // namespace seatkeeper
