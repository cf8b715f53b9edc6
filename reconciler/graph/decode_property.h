#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/graph/json_walk.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper {

/// Decodes the properties of users in Graph's shape straight into a builder's columns: those that
/// the builder selects, everything else is skipped.
///
/// A property that the user lacks stays absent, with two exceptions where the service leaves out
/// what is not set: sign-in times and directory extensions become null. So do sign-in times that
/// are empty or in year 1, Graph's word for never.
class PropertyDecoder {
 public:
  explicit PropertyDecoder(ObservedBuilder& sink);

  /// Right after the builder's BeginUser.
  void BeginUser();
  bool Decode(JsonWalk& walk, std::string_view key, JsonWalk::Value value);

  /// Of the user at hand, a property that the builder selects and that was left out, though the
  /// service is known to leave out only the two above: then it is unknown, not null. Empty: none.
  std::string_view LeftOut() const;

  /// Whether any user so far carried the property, be it as null.
  bool HasSeen(rule::Property property) const;
  bool HasSeen(const rule::DirectoryExtension& extension) const;

 private:
  struct Field {
    std::string_view name;
    rule::Property property;
    bool in_user = false;  // The user at hand carries it, be it as null.
  };
  /// Fields of one object, or of the user itself (without a name).
  struct Object {
    std::string_view name;
    std::vector<Field> fields;
  };
  struct Extension {
    std::string name;
    bool seen = false;
  };

  Object& ObjectOf(std::string_view name);
  bool DecodeObject(JsonWalk& walk, Object& object, JsonWalk::Value value);
  bool DecodeExtension(JsonWalk& walk, Extension& extension, JsonWalk::Value value);
  bool DecodeValue(JsonWalk& walk, rule::Property property, JsonWalk::Value value);
  bool DecodeBoolean(JsonWalk& walk, rule::Property property, JsonWalk::Value value);
  bool DecodeText(JsonWalk& walk, rule::Property property, JsonWalk::Value value);
  bool DecodeTime(JsonWalk& walk, rule::Property property, JsonWalk::Value value);
  bool DecodePlans(JsonWalk& walk, JsonWalk::Value value);
  bool DecodePlan(JsonWalk& walk, JsonWalk::Value value);
  /// The items of a list into `texts_`.
  bool DecodeTexts(JsonWalk& walk, JsonWalk::Value value);

  ObservedBuilder& sink_;
  std::vector<Object> objects_;  // The first one is the user itself.
  std::vector<Extension> extensions_;
  PropertySet seen_;
  // Of the value at hand; kept as members so that their memory is used again.
  std::vector<std::string_view> texts_;
  std::vector<AssignedPlanInput> plans_;
};

}  // namespace seatkeeper
