#include "reconciler/graph/decode_user.h"

#include <algorithm>
#include <span>

#include "reconciler/model/account_type.h"

namespace seatkeeper {

UserDecoder::UserDecoder(ObservedBuilder& sink) : sink_(sink), properties_(sink) {}

bool UserDecoder::Decode(JsonWalk& walk, JsonWalk::Value user) {
  simdjson::ondemand::object object;
  if (user.get_object().get(object) != simdjson::SUCCESS) return walk.Fail("not an object");
  // The builder wants the id first, and it may stand anywhere (though it is first in practice).
  JsonWalk::Value id_value;
  if (object.find_field_unordered("id").get(id_value) != simdjson::SUCCESS) {
    return walk.FailMissing("id");
  }
  UserId id;
  if (!walk.ReadId(id_value, id)) return walk.Fail("id is not a GUID");
  if (only_ != nullptr && !only_->contains(id)) return true;
  if (object.reset().error() != simdjson::SUCCESS) return walk.Fail("not valid JSON");
  rows_.clear();
  merged_.clear();
  plans_.clear();
  rows_known_ = false;
  merged_known_ = false;
  is_person_ = true;
  sink_.BeginUser(id);
  properties_.BeginUser();
  const bool decoded = walk.Fields(object, [&](std::string_view key, JsonWalk::Value value) {
    return DecodeField(walk, key, value);
  });
  if (!decoded) return false;
  if (require_properties_ && is_person_) {
    if (const auto name = properties_.LeftOut(); !name.empty()) return walk.FailMissing(name);
  }
  AddAssignments();
  sink_.EndUser();
  return true;
}

bool UserDecoder::DecodeField(JsonWalk& walk, std::string_view key, JsonWalk::Value value) {
  if (key == "licenseAssignmentStates") return DecodeRows(walk, value);
  if (key == "assignedLicenses") return DecodeMerged(walk, value);
  if (key == "@odata.type") return DecodeType(walk, value);
  return properties_.Decode(walk, key, value);
}

bool UserDecoder::DecodeType(JsonWalk& walk, JsonWalk::Value value) {
  if (walk.IsNull(value)) return true;
  std::string_view type;
  if (!walk.Text(value, type)) return false;
  is_person_ = IsPersonType(type);
  sink_.SetAccountType(type);
  return true;
}

bool UserDecoder::DecodeRows(JsonWalk& walk, JsonWalk::Value value) {
  if (walk.IsNull(value)) return true;
  rows_known_ = true;
  return walk.Items(value, [&](JsonWalk::Value item) {
    HeldRow row;
    const bool decoded = walk.Fields(item, [&](std::string_view key, JsonWalk::Value field) {
      return DecodeRowField(walk, key, field, row);
    });
    if (!decoded) return false;
    if (!row.has_product) return walk.FailMissing("skuId");
    rows_.push_back(row);
    return true;
  });
}

bool UserDecoder::DecodeRowField(JsonWalk& walk, std::string_view key, JsonWalk::Value value,
                                 HeldRow& row) {
  if (key == "skuId") {
    row.has_product = true;
    return walk.ReadId(value, row.product);
  }
  if (key == "disabledPlans") return DecodePlans(walk, value, row);
  if (key == "assignedByGroup") {
    row.source = walk.IsNull(value) ? AssignmentSource::kDirect : AssignmentSource::kGroup;
    return row.source == AssignmentSource::kDirect || walk.ReadId(value, row.group);
  }
  const bool text = key == "state" || key == "error" || key == "lastUpdatedDateTime";
  if (!text || walk.IsNull(value)) return true;
  std::string_view written;
  if (!walk.Text(value, written)) return false;
  if (key == "state") row.state = ParseAssignmentState(written);
  if (key == "error") row.error = written;
  if (key == "lastUpdatedDateTime") row.updated = written;
  return true;
}

bool UserDecoder::DecodeMerged(JsonWalk& walk, JsonWalk::Value value) {
  if (walk.IsNull(value)) return true;
  merged_known_ = true;
  return walk.Items(value, [&](JsonWalk::Value item) {
    HeldRow row;
    const bool decoded = walk.Fields(item, [&](std::string_view key, JsonWalk::Value field) {
      if (key == "disabledPlans") return DecodePlans(walk, field, row);
      if (key != "skuId") return true;
      row.has_product = true;
      return walk.ReadId(field, row.product);
    });
    if (!decoded) return false;
    if (!row.has_product) return walk.FailMissing("skuId");
    merged_.push_back(row);
    return true;
  });
}

bool UserDecoder::DecodePlans(JsonWalk& walk, JsonWalk::Value value, HeldRow& row) {
  row.plans_begin = plans_.size();
  const bool decoded = walk.ReadIds(value, plans_);
  row.plans_end = plans_.size();
  return decoded;
}

void UserDecoder::AddAssignments() {
  if (rows_known_ || merged_known_) sink_.AssignmentsKnown();
  const std::size_t stated = rows_.size();
  for (const HeldRow& held : merged_) {
    const bool has_row =
        std::any_of(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(stated),
                    [&](const HeldRow& row) { return row.product == held.product; });
    if (!has_row) rows_.push_back(held);
  }
  for (const HeldRow& row : rows_) {
    sink_.AddAssignment({
        .product = row.product,
        .source = row.source,
        .group = row.group,
        .state = row.state,
        .disabled_plans =
            std::span(plans_).subspan(row.plans_begin, row.plans_end - row.plans_begin),
        .error = row.error,
        .updated = row.updated,
    });
  }
}

}  // namespace seatkeeper
