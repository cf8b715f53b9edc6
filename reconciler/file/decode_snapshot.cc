#include "reconciler/file/decode_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "policy/text.h"
#include "reconciler/file/decode_link.h"
#include "reconciler/graph/decode_parts.h"
#include "reconciler/graph/decode_user.h"

namespace seatkeeper {
namespace {

using Value = JsonWalk::Value;

struct FileGroup {
  Group group;
  std::optional<std::vector<UserId>> members;  // Of users or groups; absent: not in the file.
};
using FileGroups = std::map<GroupId, FileGroup>;

Error Invalid(std::string message) {
  return {.kind = ErrorKind::kInvalid, .message = std::move(message)};
}

// A list, or a whole answer of Graph that holds one.
template <typename OnItem>
bool List(JsonWalk& walk, Value value, OnItem&& on_item) {
  simdjson::ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return walk.Fail("not valid JSON");
  if (type != simdjson::ondemand::json_type::object) return walk.Items(value, on_item);
  bool has_list = false;
  const bool decoded = walk.Fields(value, [&](std::string_view key, Value field) {
    if (key == "@odata.nextLink") {
      return walk.Fail("only one page of a longer list; put all pages into one list");
    }
    if (key != "value") return true;
    has_list = true;
    return walk.Items(field, on_item);
  });
  return decoded && (has_list || walk.FailMissing("value"));
}

bool DecodeMember(JsonWalk& walk, Value item, std::vector<UserId>& members) {
  simdjson::ondemand::json_type type{};
  if (item.type().get(type) != simdjson::SUCCESS) return walk.Fail("not valid JSON");
  UserId id;
  if (type != simdjson::ondemand::json_type::object) {
    if (!walk.ReadId(item, id)) return false;
    members.push_back(id);
    return true;
  }
  bool has_id = false;
  const bool decoded = walk.Fields(item, [&](std::string_view key, Value field) {
    if (key != "id") return true;
    has_id = true;
    return walk.ReadId(field, id);
  });
  if (!decoded) return false;
  if (!has_id) return walk.FailMissing("id");
  members.push_back(id);
  return true;
}

bool DecodeFileGroup(JsonWalk& walk, Value item, FileGroups& groups) {
  FileGroup group;
  const bool decoded =
      DecodeGroupEntry(walk, item, group.group, [&](std::string_view key, Value field) {
        if (key != "members" || walk.IsNull(field)) return true;
        auto& members = group.members.emplace();
        return List(walk, field, [&](Value member) { return DecodeMember(walk, member, members); });
      });
  if (!decoded) return false;
  const GroupId id = group.group.id;
  return groups.emplace(id, std::move(group)).second || walk.Fail("the same group twice");
}

// Every user below a group; false when a group on the way does not list its members.
bool Flatten(const FileGroups& groups, const FileGroup& top, std::vector<UserId>& users) {
  std::set<GroupId> seen = {top.group.id};
  std::vector<const FileGroup*> open = {&top};
  while (!open.empty()) {
    const FileGroup& group = *open.back();
    open.pop_back();
    if (!group.members) return false;
    for (const UserId& member : *group.members) {
      const auto nested = groups.find(GroupId{member.guid});
      if (nested == groups.end()) {
        users.push_back(member);
      } else if (seen.insert(nested->first).second) {
        open.push_back(&nested->second);
      }
    }
  }
  return true;
}

GroupReading Resolve(const std::string& reference, const FileGroups& groups,
                     const std::set<GroupId>& whole) {
  using Status = GroupReading::Status;
  GroupReading reading{.reference = reference};
  std::vector<GroupId> matches;
  if (const auto id = GroupId::Parse(reference)) {
    if (groups.contains(*id)) matches.push_back(*id);
  } else {
    const std::string name = FoldCase(reference);
    for (const auto& [group_id, group] : groups) {
      if (FoldCase(group.group.display_name) == name) matches.push_back(group_id);
    }
  }
  if (matches.empty()) {
    reading.detail = "the snapshot holds no such group";
  } else if (matches.size() > 1) {
    reading.status = Status::kAmbiguous;
    reading.detail = fmt::format("{} groups of the snapshot have this name", matches.size());
  } else if (!whole.contains(matches.front())) {
    reading.status = Status::kUnreadable;
    reading.detail = "the snapshot does not list the members of this group";
  } else {
    reading.status = Status::kFound;
    reading.id = matches.front();
  }
  return reading;
}

void AddGroups(FileGroups& groups, const ReadRequest& request, ObservedBuilder& sink) {
  std::set<GroupId> whole;
  for (auto& [id, entry] : groups) {
    if (Flatten(groups, entry, entry.group.members)) whole.insert(id);
  }
  const std::set<std::string> references(request.groups.begin(), request.groups.end());
  for (const auto& reference : references) sink.AddReference(Resolve(reference, groups, whole));
  for (auto& [id, entry] : groups) {
    if (whole.contains(id)) sink.AddGroup(std::move(entry.group));
  }
}

// What nobody in the file carries was not exported. To take it for null would be a guess.
std::vector<std::string> NotExported(const PropertySet& needed, const PropertyDecoder& decoder) {
  const PropertySet planning = PlanningProperties();
  std::vector<std::string> names;
  for (const auto& info : rule::Properties()) {
    if (!needed.Has(info.property) || planning.Has(info.property)) continue;
    if (info.property == rule::Property::kObjectId) continue;
    if (!decoder.HasSeen(info.property)) names.push_back(fmt::format("user.{}", info.rule_name));
  }
  for (const auto& extension : needed.extensions()) {
    if (!decoder.HasSeen(extension)) names.push_back("user." + extension.name);
  }
  return names;
}

class SnapshotDecoder {
 public:
  explicit SnapshotDecoder(ObservedBuilder& sink) : sink_(sink), users_(sink) {}

  void RestrictTo(const std::set<UserId>& users) {
    users_.Restrict(users);
    users_only_ = true;
  }

  bool Decode(std::string& text) {
    return walk_.Open(text, [this](Value root) {
      return walk_.Fields(root, [this](std::string_view key, Value field) {
        if (key == "users") return Users(field);
        return users_only_ || Field(key, field);
      });
    });
  }

  std::string Failure() const { return walk_.Failure(); }
  bool has_users() const { return has_users_; }
  const std::optional<WallTime>& read_at() const { return read_at_; }
  const std::string& tenant() const { return tenant_; }
  FileGroups& groups() { return groups_; }
  FileLinks& links() { return links_; }
  const PropertyDecoder& properties() const { return users_.properties(); }

 private:
  bool Users(Value field) {
    has_users_ = true;
    return List(walk_, field, [this](Value item) { return users_.Decode(walk_, item); });
  }

  bool Field(std::string_view key, Value field) {
    if (key == "tenant") return walk_.OptionalText(field, tenant_);
    if (key == "readAt") return ReadAt(field);
    if (key == "apiVersion") return Expect(field, "seatkeeper/v1");
    if (key == "kind") return Expect(field, "Snapshot");
    if (walk_.IsNull(field)) return true;
    if (key == "groups") {
      return List(walk_, field,
                  [this](Value item) { return DecodeFileGroup(walk_, item, groups_); });
    }
    if (key == "subscribedSkus") {
      return List(walk_, field, [this](Value item) { return AddProduct(item); });
    }
    if (key == "links") {
      return walk_.Items(field, [this](Value item) { return DecodeLink(walk_, item, links_); });
    }
    if (key != "subscriptions") return true;
    sink_.SubscriptionsKnown();
    return List(walk_, field, [this](Value item) { return AddSubscription(item); });
  }

  bool Expect(Value field, std::string_view wanted) {
    std::string_view text;
    if (!walk_.Text(field, text)) return false;
    return text == wanted || walk_.Fail(fmt::format("'{}' instead of '{}'", text, wanted));
  }

  bool ReadAt(Value field) {
    std::string_view text;
    if (!walk_.Text(field, text)) return false;
    read_at_ = ParseTime(text);
    return read_at_ || walk_.Fail("not a time like 2026-01-05T08:00:00Z");
  }

  bool AddProduct(Value item) {
    Product product;
    if (!DecodeProduct(walk_, item, product)) return false;
    sink_.AddProduct(std::move(product));
    return true;
  }

  bool AddSubscription(Value item) {
    Subscription subscription;
    if (!DecodeSubscription(walk_, item, subscription)) return false;
    sink_.AddSubscription(std::move(subscription));
    return true;
  }

  ObservedBuilder& sink_;
  JsonWalk walk_;
  UserDecoder users_;
  FileGroups groups_;
  FileLinks links_;
  std::string tenant_;
  std::optional<WallTime> read_at_;
  bool has_users_ = false;
  bool users_only_ = false;
};

}  // namespace

Result<SnapshotInfo> DecodeSnapshot(std::string& text, const ReadRequest& request,
                                    ObservedBuilder& sink) {
  SnapshotDecoder decoder(sink);
  if (!decoder.Decode(text)) return Invalid(decoder.Failure());
  if (!decoder.has_users()) return Invalid("The snapshot has no list 'users'.");
  if (!decoder.read_at()) {
    return Invalid(
        "The snapshot does not say when it was read; add \"readAt\": \"2026-01-05T08:00:00Z\" with "
        "the time of the export.");
  }
  const auto lacking = NotExported(request.properties, decoder.properties());
  if (!lacking.empty() && sink.user_count() > 0) {
    return Invalid(fmt::format(
        "No user of the snapshot has {}, which a rule needs; save it anew with `seatkeeper "
        "snapshot` and this policy, or export it, too.",
        fmt::join(lacking, ", ")));
  }
  AddGroups(decoder.groups(), request, sink);
  AddLinks(std::move(decoder.links()), request.links, sink);
  return SnapshotInfo{decoder.tenant(), *decoder.read_at()};
}

Result<void> DecodeSnapshotUsers(std::string& text, const std::set<UserId>& users,
                                 ObservedBuilder& sink) {
  SnapshotDecoder decoder(sink);
  decoder.RestrictTo(users);
  if (!decoder.Decode(text)) return Invalid(decoder.Failure());
  if (!decoder.has_users()) return Invalid("The snapshot has no list 'users'.");
  return {};
}

}  // namespace seatkeeper
