#pragma once

#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/simulator/directory.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/random.h"

namespace seatkeeper::sim {

// licenseProcessingState as Graph shows it.
nlohmann::json ProcessingJson(const Group& group);

// The part of group-based licensing that goes on after the 202 (Microsoft Graph, group:
// assignLicense): a request is queued, then a pass is in progress that comes to the group's
// first-level user members one by one, in an order of the service's own, then it is complete. Half
// the delay goes by in the queue, the other half is spread over the members. What is asked for
// during a pass waits for a pass of its own.
//
// Has no thread and no clock: whoever has the directory calls CatchUp before looking at it. As a
// document (GET and PUT /_sim/groupLicensing):
//   {"delay": milliseconds from a request to its completion, "held": true | false}
// While held nothing goes on. Either takes effect at once, for what is under way as well, and never
// in the past. A key left out of what is PUT means the delay of the start, and false.
class GroupWorker {
 public:
  // `draws` decides the order of the members.
  GroupWorker(std::chrono::milliseconds delay, Random draws)
      : usual_delay_(delay), delay_(delay), draws_(draws) {}

  // A pass over the members has to follow.
  static void Queue(Group& group, WallTimeMs now);

  // Does what became due until `moment.now`, in the order in which it did and dated accordingly.
  // Times may not go back.
  void CatchUp(Directory& directory, const WriteMoment& moment);

  // Throws std::invalid_argument and changes nothing then.
  void Load(const nlohmann::json& document);
  nlohmann::json Document() const;

 private:
  WallTimeMs DueAt(const GroupWork& work) const;
  Group* Next(Directory& directory) const;
  void Start(Directory& directory, Group& group, WallTimeMs now);
  void Continue(Directory& directory, Group& group, const WriteMoment& moment);

  std::chrono::milliseconds usual_delay_;
  std::chrono::milliseconds delay_;
  bool held_ = false;
  WallTimeMs caught_up_{};  // nothing happens before
  Random draws_;
};

}  // namespace seatkeeper::sim
