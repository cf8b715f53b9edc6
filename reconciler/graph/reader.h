#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "policy/result.h"
#include "reconciler/graph/decode.h"
#include "reconciler/model/observed.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

using ReadId = std::uint32_t;  ///< Of one GET within one reading.

/// What the reader is told.
namespace reader_event {
struct Start {};
/// A page has been fetched and decoded.
struct PageRead {
  ReadId id;
  DecodedPage page;
};
/// A page could not be fetched (then `service` says what the service answered) or decoded.
struct Failed {
  ReadId id;
  Error error;
};
}  // namespace reader_event
using ReaderEvent = std::variant<reader_event::Start, reader_event::PageRead, reader_event::Failed>;

/// What the reader asks for.
namespace reader_effect {
struct Get {
  ReadId id;
  PageKind kind;
  std::string url;        ///< A path under the version root, or a nextLink verbatim.
  std::string doing;      ///< "Listing users, page 3".
  bool eventual = false;  ///< Send ConsistencyLevel: eventual (counts need it).
};
/// These come only right before a successful Finished, when nothing is being decoded any more.
struct AddGroup {
  Group group;
};
struct AddReference {
  GroupReading reading;
};
struct AddLinked {
  LinkedUsers linked;
};
struct Finished {
  Result<void> result;
};
}  // namespace reader_effect
using ReaderEffect =
    std::variant<reader_effect::Get, reader_effect::AddGroup, reader_effect::AddReference,
                 reader_effect::AddLinked, reader_effect::Finished>;

/// Which pages make a complete reading of a tenant, and whether it is one: a state machine without
/// I/O. Everything independent is under way at once; each listing one page at a time.
///
/// All or nothing: any failed page fails the reading, and so do a link that comes twice and fewer
/// distinct users or members than the service's own count. Three things are findings instead:
/// subscriptions that may not be read (403, 404, 501: unknown), a group that is missing or not
/// unique, and a group that may not be read (403) or that hides its members and lists none; the
/// latter two also for links, that is for the direct members of a group and the direct reports of a
/// user. Of a group that is to be licensed the direct members are such a link, asked for once its
/// id is known. Whether a group hides its members comes with the group; where no more than its
/// direct members were asked for and nobody is listed, the group itself is asked for at the end.
class Reader {
 public:
  enum class Extent {
    kEverything,
    kAllButUsers,  ///< For whoever knows which users to read, and reads them by id.
    kLinks,        ///< `links` of the request alone.
    kOutline,      ///< Neither users nor members: products, subscriptions and who the groups are.
  };
  Reader(ReadRequest request, int page_size, Extent extent = Extent::kEverything);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// After Finished every further event is ignored.
  std::vector<ReaderEffect> Step(ReaderEvent event);

 private:
  /// The users who stand in a relationship, with what counts but is no user.
  struct Members {
    std::string name;  // "members of group 'All Engineers'".
    std::vector<UserId> users{};
    std::set<Guid> others{};
    std::optional<std::uint64_t> count{};
    std::optional<GroupReading::Status> lost{};  // Not readable, or there is no such object (now).
    std::string detail{};
  };
  struct GroupState {
    Group group;
    Members members;
  };
  /// A listing or a single answer that is under way.
  struct Listing {
    PageKind kind;
    std::string name;            // "users", "the members of group 'All Engineers'".
    std::string reference{};     // kGroup, kGroupSearch.
    Members* members = nullptr;  // Counts and lists of members and reports, and kGroup where that
                                 // asks whether they are hidden; in a map below.
    int pages = 1;
    std::unordered_set<std::string> links{};
    std::vector<Group> found{};  // kGroupSearch.
  };

  void Start();
  void BeginUsers();
  void Begin(Listing listing, std::string url, bool eventual);
  void BeginMembers(Members& members, PageKind list, PageKind count, const std::string& path);
  void BeginLink(const Link& link);
  void Take(ReadId id, DecodedPage page);
  void TakePage(Listing& listing, DecodedPage& page);
  void Follow(ReadId id, Listing listing, std::string link);
  void EndGroupSearch(Listing& listing);
  void Found(const std::string& reference, Group group);
  void TakeFailure(ReadId id, Error error);
  bool Tolerate(const Listing& listing, const Error& error);
  void SetReference(const std::string& reference, GroupReading::Status status, std::string detail);
  void Fail(Error error);
  void Conclude();
  bool CountsHold();
  static bool ListsNobody(const Members& members);
  bool AsksWhichHide();
  void DoubtHiddenMembers();
  bool Complete(Members& members);
  bool CountHolds(std::string_view what, std::uint64_t counted, std::size_t seen);
  void Emit();

  ReadRequest request_;
  int page_size_;
  Extent extent_;
  std::vector<ReaderEffect> effects_;
  std::deque<reader_effect::Get> waiting_;
  std::size_t under_way_ = 0;
  ReadId last_id_ = 0;
  std::map<ReadId, Listing> listings_;
  std::map<std::string, GroupReading> references_;
  std::map<GroupId, GroupState> groups_;
  std::set<GroupId> hiding_;  // Their members.
  std::map<Link, Members> links_;
  std::uint64_t user_count_ = 0;
  std::size_t users_seen_ = 0;
  bool asked_which_hide_ = false;
  bool finished_ = false;
};

}  // namespace seatkeeper
