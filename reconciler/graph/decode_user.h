#pragma once

#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "reconciler/graph/decode_property.h"
#include "reconciler/graph/json_walk.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper {

/// Decodes users in Graph's shape straight into a builder. Everything but `id` may be absent, and
/// what is not known is skipped; of properties PropertyDecoder tells more.
///
/// Who is a person: whoever carries no `@odata.type`, or that of a user. What says anything else is
/// read as what it says, an agent or something unknown, and left alone by planning.
///
/// Assignments: rows of licenseAssignmentStates are direct when assignedByGroup is null, from a
/// group when it names one, unknown when it is absent. A product of assignedLicenses without any
/// row becomes an active row of unknown source. A user with neither property holds nobody knows
/// what, which is not nothing.
class UserDecoder {
 public:
  explicit UserDecoder(ObservedBuilder& sink);
  /// From now on users who are not in `only` are passed over. `only` must outlive the decoder.
  void Restrict(const std::set<UserId>& only) { only_ = &only; }
  /// From now on a person without a property that the builder selects is an error. Files that
  /// somebody made may be shorter, and other accounts are left alone anyway.
  void RequireProperties() { require_properties_ = true; }
  bool Decode(JsonWalk& walk, JsonWalk::Value user);

  const PropertyDecoder& properties() const { return properties_; }

 private:
  struct HeldRow {
    SkuId product;
    AssignmentSource source = AssignmentSource::kUnknown;
    GroupId group;
    AssignmentState state = AssignmentState::kActive;
    std::size_t plans_begin = 0;
    std::size_t plans_end = 0;
    std::string_view error;
    std::string_view updated;
    bool has_product = false;
  };

  bool DecodeField(JsonWalk& walk, std::string_view key, JsonWalk::Value value);
  bool DecodeType(JsonWalk& walk, JsonWalk::Value value);
  bool DecodeRows(JsonWalk& walk, JsonWalk::Value value);
  bool DecodeRowField(JsonWalk& walk, std::string_view key, JsonWalk::Value value, HeldRow& row);
  bool DecodeMerged(JsonWalk& walk, JsonWalk::Value value);
  bool DecodePlans(JsonWalk& walk, JsonWalk::Value value, HeldRow& row);
  void AddAssignments();

  ObservedBuilder& sink_;
  const std::set<UserId>* only_ = nullptr;
  PropertyDecoder properties_;
  // Of the user at hand; kept as members so that their memory is used again.
  std::vector<HeldRow> rows_;
  std::vector<HeldRow> merged_;
  std::vector<PlanId> plans_;
  bool require_properties_ = false;
  bool is_person_ = true;
  bool rows_known_ = false;
  bool merged_known_ = false;
};

}  // namespace seatkeeper
