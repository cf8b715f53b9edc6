#include "reconciler/file/decode_snapshot.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "reconciler/file/decode_link.h"
#include "reconciler/file/file_groups.h"
#include "reconciler/graph/decode_parts.h"
#include "reconciler/graph/decode_user.h"

namespace seatkeeper {
namespace {

using Value = JsonWalk::Value;

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

  // Only these users, and of the rest at most groups. `users` must outlive the decoder.
  void RestrictTo(const std::set<UserId>& users, bool with_groups) {
    users_.Restrict(users);
    only_ = with_groups ? "groups" : "users";
  }

  bool Decode(std::string& text) {
    return walk_.Open(text, [this](Value root) {
      return walk_.Fields(root, [this](std::string_view key, Value field) {
        if (key == "users") return Users(field);
        return (!only_.empty() && key != only_) || Field(key, field);
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
  std::string_view only_;  // Of the fields beside `users`; empty: all.
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
  auto links = AddGroups(std::move(decoder.groups()), request, sink);
  links.insert(links.end(), request.links.begin(), request.links.end());
  AddLinks(std::move(decoder.links()), links, sink);
  return SnapshotInfo{decoder.tenant(), *decoder.read_at()};
}

Result<void> DecodeSnapshotSubjects(std::string& text, const std::set<Subject>& subjects,
                                    ObservedBuilder& sink) {
  std::set<UserId> users;
  for (const Subject& subject : subjects) {
    if (const auto* user = std::get_if<UserId>(&subject)) users.insert(*user);
  }
  SnapshotDecoder decoder(sink);
  decoder.RestrictTo(users, users.size() < subjects.size());
  if (!decoder.Decode(text)) return Invalid(decoder.Failure());
  if (!decoder.has_users()) return Invalid("The snapshot has no list 'users'.");
  for (auto& [id, entry] : decoder.groups()) {
    if (subjects.contains(id)) sink.AddGroup(std::move(entry.group));
  }
  return {};
}

}  // namespace seatkeeper
