#include "reconciler/file/decode_link.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "reconciler/file/link_names.h"

namespace seatkeeper {
namespace {

using Value = JsonWalk::Value;

template <typename Names, typename Named>
bool ReadNamed(JsonWalk& walk, Value value, const Names& names, Named& out) {
  std::string_view text;
  if (!walk.Text(value, text)) return false;
  const auto named = FindNamed(names, text);
  if (!named) return walk.Fail(fmt::format("'{}' is not known here", text));
  out = *named;
  return true;
}

}  // namespace

bool DecodeLink(JsonWalk& walk, Value item, FileLinks& links) {
  LinkedUsers linked{.link = {}, .status = GroupReading::Status::kFound};
  std::optional<Link::Kind> kind;
  bool has_of = false;
  bool has_users = false;
  const bool decoded = walk.Fields(item, [&](std::string_view key, Value field) {
    if (key == "kind") return ReadNamed(walk, field, kLinkKinds, kind.emplace());
    if (key == "status") return ReadNamed(walk, field, kLinkStatuses, linked.status);
    if (key == "detail") return walk.OptionalText(field, linked.detail);
    if (key == "of") {
      UserId of;
      has_of = walk.ReadId(field, of);
      linked.link.of = of.guid;
      return has_of;
    }
    if (key != "users") return true;
    has_users = true;
    return walk.ReadIds(field, linked.users);
  });
  if (!decoded) return false;
  if (!kind) return walk.FailMissing("kind");
  if (!has_of) return walk.FailMissing("of");
  if (!has_users && linked.status == GroupReading::Status::kFound) return walk.FailMissing("users");
  linked.link.kind = *kind;
  return links.emplace(linked.link, linked).second || walk.Fail("the same link twice");
}

void AddLinks(FileLinks links, const std::vector<Link>& requested, ObservedBuilder& sink) {
  for (const Link& link : requested) {
    links.try_emplace(
        link, LinkedUsers{.link = link,
                          .status = GroupReading::Status::kUnreadable,
                          .detail = link.kind == Link::Kind::kDirectMembers
                                        ? "the snapshot does not list this group's direct members"
                                        : "the snapshot does not list this user's reports"});
  }
  for (auto& [link, linked] : links) sink.AddLinked(std::move(linked));
}

}  // namespace seatkeeper
