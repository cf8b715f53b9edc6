#include "tests/simulator/group_worker.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/simulator/group_licensing.h"

namespace seatkeeper::sim {

using nlohmann::json;
using State = GroupWork::State;

namespace {

void Note(Directory& directory, const Group& group, const char* name, WallTimeMs now) {
  Activity activity = GroupActivity(group, name, now);
  activity.by_group_licensing = true;
  directory.NoteActivity(std::move(activity));
}

}  // namespace

json ProcessingJson(const Group& group) {
  switch (group.work.state) {
    case State::kNone:  // a document that does not say: has been finished with
      return group.licenses.empty() ? json(nullptr) : json{{"state", "ProcessingComplete"}};
    case State::kQueued:
      return {{"state", "QueuedForProcessing"}};
    case State::kInProgress:
      return {{"state", "ProcessingInProgress"}};
    case State::kComplete:
      return {{"state", "ProcessingComplete"}};
  }
  return nullptr;
}

void GroupWorker::Queue(Group& group, WallTimeMs now) {
  GroupWork& work = group.work;
  if (work.state == State::kInProgress) {
    work.asked_again = true;
  } else if (work.state != State::kQueued) {
    work.state = State::kQueued;
    work.since = now;
  }
}

void GroupWorker::CatchUp(Directory& directory, const WriteMoment& moment) {
  for (const auto& [ordinal, group] : directory.groups()) {
    if (group.work.IsUnfinished() && !group.work.since) {
      directory.FindGroup(group.id)->work.since = moment.now;
    }
  }
  while (!held_) {
    Group* group = Next(directory);
    if (group == nullptr || DueAt(group->work) > moment.now) break;
    const WallTimeMs at = std::max(DueAt(group->work), caught_up_);
    if (group->work.state == State::kQueued) {
      Start(directory, *group, at);
    } else {
      Continue(directory, *group, {at, moment.lag});
    }
  }
  caught_up_ = moment.now;
}

WallTimeMs GroupWorker::DueAt(const GroupWork& work) const {
  const auto queueing = delay_ / 2;
  const WallTimeMs since = work.since.value_or(caught_up_);
  if (work.state == State::kQueued) return since + queueing;
  // The last step is the completion.
  const auto steps = static_cast<std::int64_t>(work.done + work.waiting.size() + 1);
  return since + (delay_ - queueing) * static_cast<std::int64_t>(work.done + 1) / steps;
}

Group* GroupWorker::Next(Directory& directory) const {
  const Group* next = nullptr;
  for (const auto& [ordinal, group] : directory.groups()) {
    if (!group.work.IsUnfinished()) continue;
    if (next == nullptr || DueAt(group.work) < DueAt(next->work)) next = &group;
  }
  return next == nullptr ? nullptr : directory.FindGroup(next->id);
}

void GroupWorker::Start(Directory& directory, Group& group, WallTimeMs now) {
  GroupWork work;
  work.state = State::kInProgress;
  work.since = now;
  work.licenses = group.licenses;
  for (const std::string& id : group.members) {
    if (directory.FindUser(id) != nullptr) work.waiting.push_back(id);
  }
  draws_.Shuffle(work.waiting);
  group.work = std::move(work);
  Note(directory, group, "Start applying group based license to users", now);
}

void GroupWorker::Continue(Directory& directory, Group& group, const WriteMoment& moment) {
  GroupWork& work = group.work;
  if (work.waiting.empty()) {
    const bool again = work.asked_again;
    work = {};
    work.state = State::kComplete;
    Note(directory, group, "Finish applying group based license to users", moment.now);
    if (again) Queue(group, moment.now);
    return;
  }
  const std::string id = work.waiting.back();
  work.waiting.pop_back();
  ++work.done;
  // Nested groups give nothing to their members.
  if (User* user = directory.FindUser(id)) {
    InheritFromGroup(directory, *user, group.id, work.licenses, moment, draws_);
  }
}

void GroupWorker::Load(const json& document) {
  if (!document.is_object()) throw std::invalid_argument("document: must be an object");
  std::chrono::milliseconds delay = usual_delay_;
  bool held = false;
  for (const auto& [key, value] : document.items()) {
    if (key == "delay" && value.is_number_unsigned()) {
      delay = std::chrono::milliseconds(value.get<std::uint64_t>());
    } else if (key == "held" && value.is_boolean()) {
      held = value.get<bool>();
    } else {
      throw std::invalid_argument("document." + key +
                                  ": unknown, or neither a number from 0 nor true or false");
    }
  }
  delay_ = delay;
  held_ = held;
}

json GroupWorker::Document() const { return {{"delay", delay_.count()}, {"held", held_}}; }

}  // namespace seatkeeper::sim
