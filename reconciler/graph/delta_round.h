#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/graph/graph_http.h"
#include "reconciler/graph/token_source.h"
#include "reconciler/model/property_set.h"

namespace seatkeeper {

/// One page of a delta query.
struct DeltaPage {
  std::vector<UserId> users;  ///< Changed, new or removed: whoever has an entry, as they come.
  std::string next_link;      ///< Either this ...
  std::string delta_link;     ///< ... or that.
};

/// Every page has `value`, every entry an id, and there is one of both links; kIncomplete
/// otherwise.
Result<DeltaPage> DecodeDeltaPage(const std::string& body);

/// Where a delta query begins that tracks these properties, from now on. What is tracked of
/// licences is `assignedLicenses`: the service keeps `licenseAssignmentStates` elsewhere. Source:
/// Graph's reference of user: delta.
std::string DeltaFromNow(const PropertySet& properties);

/// One round of a delta query, page by page to its end: who may have changed since the link was
/// given, and the link for the next round. The rows themselves are not looked at. Any error means
/// that the link is good for nothing: 410, a token that has expired, a page that cannot be read,
/// links that go round in circles, more users than wanted. `done` comes once and must not destroy
/// the round from inside. Destroying it drops everything without calling back.
class DeltaRound {
 public:
  struct Outcome {
    std::vector<UserId> users;  ///< Ordered, each once.
    std::string link;
  };

  DeltaRound(TokenSource::Dependencies dependencies, TokenSource& tokens,
             const GraphHttpSettings& settings, std::size_t most_users,
             std::function<void(Result<Outcome>)> done);

  void Start(std::string link) { Get(std::move(link)); }

 private:
  void Get(std::string link);
  void Take(const Result<HttpResponse>& response);
  void Fail(std::string_view why);

  std::size_t most_users_;
  std::function<void(Result<Outcome>)> done_;
  std::set<UserId> users_;
  std::unordered_set<std::string> links_;
  GraphHttp http_;
};

}  // namespace seatkeeper
