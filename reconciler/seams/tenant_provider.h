#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper {

/// What one change is about: with `delivery: group` a group is licensed, and its members inherit.
using Subject = std::variant<UserId, GroupId>;

/// What a reading has to cover.
struct ReadRequest {
  PropertySet properties;
  std::vector<std::string> groups;  ///< As the policy names them; ordered, each once.
  /// Those of `groups` that are to be licensed themselves: their direct members are read, too, as a
  /// link kDirectMembers. Ordered, each once.
  std::vector<std::string> licensed_groups = {};
  std::vector<Link> links;  ///< What rules reach through; ordered, each once.
};

struct AddLicense {
  SkuId product;
  std::vector<PlanId> disabled_plans;  ///< Ordered.

  friend auto operator<=>(const AddLicense&, const AddLicense&) = default;
};

/// A group that a change licenses.
struct LicensedGroup {
  GroupId id;
  std::string display_name;
  int members = 0;  ///< Users who are direct members: nested ones get nothing from the service.
  /// How many of them lose a product, or service plans of it: what counts as removals. By product.
  std::vector<std::pair<SkuId, int>> losses = {};

  int LossesOf(const SkuId& product) const {
    const auto found = std::ranges::find(losses, product, &std::pair<SkuId, int>::first);
    return found == losses.end() ? 0 : found->second;
  }
};

/// All changes of one subject together, in the body of one request, so that a swap is atomic.
struct WriteItem {
  std::string change_id;
  Subject subject;
  std::vector<AddLicense> add;  ///< By product.
  std::vector<SkuId> remove;    ///< Ordered.
  /// Set first, by a request of its own without which the other one does nothing; empty: none.
  std::string usage_location = {};
  /// Instead of all that: the service is to process the user's groups again.
  bool reprocess = false;
};

/// What the service answered to one WriteItem.
struct WriteResult {
  enum class Kind {
    kAccepted,   ///< 2xx. Not yet proof: the reading is.
    kRefused,    ///< A definitive 4xx: this change will not work as it is.
    kTryAgain,   ///< 429 or 409, or provably never sent: nothing happened, later it may.
    kAmbiguous,  ///< Time-out, reset, 5xx, an answer that cannot be read: it may have happened.
  };
  std::string change_id;
  Kind kind = Kind::kAmbiguous;
  std::string message;  ///< For a person; empty with kAccepted.
  ServiceError service;
  /// The usage location was set, whatever became of the products.
  bool located = false;
};

/// Of users, by id: in which of the groups that were asked about they are, directly or through
/// nested groups. Ordered lists. Who is not in the map could not be told about.
using Memberships = std::map<UserId, std::vector<GroupId>>;

class AuditReader;
class ChangeReader;
class WriteRoom;

/// A tenant, seen through Microsoft Graph, Partner Center or a snapshot file.
/// One per tenant; used on the loop's thread only; calls back there, never from inside a call.
/// Destroying a provider drops what is under way: no callback comes after that.
class TenantProvider {
 public:
  struct Capabilities {
    bool can_write = false;
    std::size_t max_batch = 20;  ///< Items per Write.
    /// The service takes WriteItem::reprocess from this application, as far as that is known by
    /// now.
    bool can_reprocess = false;
  };

  virtual ~TenantProvider() = default;
  virtual Capabilities capabilities() const = 0;
  /// Says who has changed, where the service does; as long as the provider lives. Null: it does
  /// not.
  virtual ChangeReader* changes() { return nullptr; }
  /// Says who changed licences, where the service does; as long as the provider lives. Null: it
  /// does not.
  virtual AuditReader* audit() { return nullptr; }
  /// How many writes the service takes now, likewise. Null: nobody counts them.
  virtual WriteRoom* room() { return nullptr; }

  /// Reads the whole tenant into `sink`, all or nothing: on an error what the sink holds is
  /// meaningless. `sink` must live until `done` comes or the provider is destroyed.
  virtual void Read(const ReadRequest& request, ObservedBuilder& sink,
                    std::function<void(Result<void>)> done) = 0;

  /// Reads some users and groups anew by id, uncached: users with the properties of the sink,
  /// groups without their members. What no longer exists is simply not in the sink afterwards.
  virtual void Reread(std::vector<Subject> subjects, ObservedBuilder& sink,
                      std::function<void(Result<void>)> done) = 0;

  /// Asks anew, uncached, in which of these groups each of these users is; all or nothing.
  virtual void ReadMemberships(std::vector<UserId> users, std::vector<GroupId> groups,
                               std::function<void(Result<Memberships>)> done) = 0;

  /// Asks anew, uncached, who stands in these relationships now; all or nothing, but for links that
  /// may not be read or whose end is gone: their status says so. In the order of `links`, each
  /// once.
  virtual void ReadLinks(std::vector<Link> links,
                         std::function<void(Result<std::vector<LinkedUsers>>)> done) = 0;

  /// Sends at most `max_batch` changes, or one that sets a usage location. One result per item, in
  /// the order of the items.
  virtual void Write(std::vector<WriteItem> items,
                     std::function<void(std::vector<WriteResult>)> done) = 0;
};

}  // namespace seatkeeper
