#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulator/delta.h"
#include "tests/simulator/dispatch.h"
#include "tests/simulator/paging.h"

// What delta queries of users and of groups have in common: their links and the rules for them.

namespace seatkeeper::sim {

// What a token stands for. A round goes through everything (`from_start`) or through the changes
// from `at` on, and ends before `end`, where the next round begins.
struct DeltaToken {
  bool skips = false;  // $skiptoken: the round goes on
  bool from_start = false;
  std::uint64_t epoch = 0;
  std::uint64_t at = 0;  // a position among the changes, or the last ordinal that came
  std::uint64_t end = 0;
  std::uint64_t page = 1;
  std::uint64_t issued = 0;  // seconds
  std::string member = {};   // the last member that came of the group after `at`; empty: none yet
  std::string only = {};     // ids, separated by commas; empty: all
  std::string select = {};   // baked in: a link has no $select of its own
};

// How a call begins or goes on.
struct DeltaStart {
  DeltaToken token = {};
  bool is_new = false;  // no link yet: the query options are still to be checked
  bool gone = false;    // the tenant was moved: GoneReply
};

// Reads the link or the options of the first call. Throws GraphError: 400 for options beside a link
// and for a token that is none (Directory_InvalidDeltaToken) or too old (SyncStateNotFound).
// `epoch` and `end` are those of the log.
DeltaStart BeginRound(const Call& call, std::uint64_t epoch, std::uint64_t end);

// A round that goes on from a deltaLink may begin a little before where the last one ended.
std::uint64_t Replayed(Random& draws, std::uint64_t at);

// A page without objects may come before one with, and an object may come twice.
bool SendsEmptyPage(Random& draws);
bool SendsTwice(Random& draws);

// 410: start over at the place that is named.
Reply GoneReply(const Call& call, const DeltaToken& token);

// The nextLink or the deltaLink goes into the reply, and which page it is.
void Link(const Call& call, DeltaToken token, bool more, Reply& reply);

// The names in the token's $select, and the ids it is about.
std::vector<std::string> SelectionOf(const DeltaToken& token);
bool Concerns(const DeltaToken& token, const std::string& id);

// One page of a round over the objects of one collection. What an object looks like, and which of
// its changes surface, is for each collection to say.
template <typename Change>
class DeltaPage {
 public:
  DeltaPage(Call& call, DeltaToken token, DeltaLog<Change>& log, const char* collection)
      : call_(call), token_(std::move(token)), log_(log) {
    reply_.body = {{"@odata.context", ContextOf(call, collection)},
                   {"value", nlohmann::json::array()}};
  }
  virtual ~DeltaPage() = default;

  Reply Take() {
    const bool more = (token_.skips && SendsEmptyPage(log_.draws())) || Fill();
    Link(call_, token_, more, reply_);
    return std::move(reply_);
  }

 protected:
  // Adds objects that there are, behind those that came before, until the page is full. Returns
  // whether there is more to come.
  virtual bool FillObjects() = 0;
  // Whether what is asked for is among what changed.
  virtual bool Tracks(const Change& change) const = 0;
  virtual nlohmann::json Shown(const Change& change) const = 0;

  const Call& call() const { return call_; }
  DeltaToken& token() { return token_; }
  const DeltaToken& token() const { return token_; }

  bool Full() const { return reply_.body["value"].size() >= call_.world.options.delta_page; }

  void Add(nlohmann::json object) {
    const bool twice = SendsTwice(log_.draws());
    reply_.body["value"].push_back(object);
    if (twice) reply_.body["value"].push_back(std::move(object));
  }

 private:
  bool Fill() { return token_.from_start ? FillObjects() : FillChanges(); }

  bool FillChanges() {
    for (; token_.at < token_.end; ++token_.at) {
      if (Full()) return true;
      const auto& change = log_.at(token_.at);
      if (Surfaces(change)) Add(Shown(change));
    }
    return false;
  }

  bool Surfaces(const Change& change) const {
    if (!Concerns(token_, change.id)) return false;
    return change.kind != Change::Kind::kChanged || Tracks(change);
  }

  Call& call_;
  DeltaToken token_;
  DeltaLog<Change>& log_;
  Reply reply_;
};

}  // namespace seatkeeper::sim
