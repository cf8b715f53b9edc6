#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulator/random.h"
#include "tests/simulator/reply.h"

namespace seatkeeper::sim {

// Which requests a rule strikes; what is not said matches everything.
struct FaultMatch {
  std::string method;       // letter case ignored
  std::string path;         // part of path and query; with a `*` a pattern for the whole path,
                            // with or without "/v1.0"
  std::optional<int> page;  // only this page of a listing, from 1
  bool last_page = false;   // only the last page of a listing
  std::string user;         // object id: only requests about this user
};

enum class FaultKind {
  kStatus,            // this status instead of an answer; the request has no effect
  kReset,             // the connection drops, the request has no effect
  kResetAfterEffect,  // the connection drops after the request had its effect
  kStall,             // no answer ever, no effect; seatkeeper-sim drops the connection when other
                      // faults are put
  kDelay,             // the answer comes `ms` later
  kTruncate,          // half the body arrives, then the connection drops
  kMalformed,         // 200 with a page of HTML instead of JSON
  kMissingValue,      // a page without "value"
  kDropRows,          // a page that misses `rows` of its rows and does not say so
  kOmit,              // rows (or one object) without `property`, as if nobody had asked for it
  kNextLink,          // a page, the last one included, that goes on at `url`; empty: at itself
  kEmptyPage,         // a page without rows, after which the same one comes with them
};

struct FaultRule {
  FaultMatch match;
  FaultKind kind = FaultKind::kStatus;
  int status = 503;
  std::optional<std::string> code;  // omitted: the usual one of the status; may be empty
  std::string message;
  std::string retry_after;  // sent as it stands, fractions and dates included
  std::string location;     // of a 410: where to start over
  std::chrono::milliseconds delay{0};
  std::uint64_t rows = 1;
  std::string property;
  std::string url;
  std::optional<std::uint64_t> count;  // strikes this often; omitted: always
  std::uint64_t skip = 0;              // lets this many matches pass first
  double probability = 1.0;

  std::uint64_t seen = 0;    // matches so far
  std::uint64_t struck = 0;  // strikes so far
};

// What a rule is matched against.
struct FaultFacts {
  std::string method;
  std::string path;  // decoded, without the query
  std::string target;
  std::string user_id;
  std::optional<int> page;
  bool last_page = false;
  std::string url;  // as the caller addressed it
};

// The faults in force. As a document (GET and PUT /_sim/faults):
//   {"lag": 0, "replicas": 1, "busy": 0, "seed": n,
//    "faults": [{"match": {"method", "path", "page": n | "last", "user"},
//     "fault": {"kind": "status", "status", "code", "message", "retryAfter", "location"}
//            | {"kind": "delay", "ms"} | {"kind": "dropRows", "rows"}
//            | {"kind": "omit", "property"} | {"kind": "nextLink", "url"} | {"kind": "<other>"},
//     "count", "skip", "probability"}]}
// `lag` is in milliseconds: for so long lists show a user's rows as they were before a write. With
// several `replicas` every list is read from one of them, which lag between not at all and that
// long: what one shows the next one may not show yet. `busy` is how long a write takes, in
// milliseconds: another one to the same user or group is refused meanwhile. A `seed` draws
// everything about faults anew from it. A bare list of rules is accepted too and sets all else to
// what it is without faults. Not thread-safe.
class FaultBook {
 public:
  // The first rule that matches and strikes. Counts the match in every rule up to that one.
  const FaultRule* Strike(const FaultFacts& facts, Random& random);

  // Replaces everything. Throws std::invalid_argument, naming the place, and changes nothing then.
  void Load(const nlohmann::json& document);
  nlohmann::json Document() const;  // with "seen" and "struck" per rule
  void Clear();

  std::chrono::milliseconds lag() const { return state_.lag; }
  std::chrono::milliseconds busy() const { return state_.busy; }
  std::uint64_t replicas() const { return state_.replicas; }
  // Of the document; nullopt: it goes on as it was.
  std::optional<std::uint64_t> seed() const { return state_.seed; }

 private:
  // What is not a rule.
  struct State {
    std::chrono::milliseconds lag{0};
    std::chrono::milliseconds busy{0};
    std::uint64_t replicas = 1;
    std::optional<std::uint64_t> seed = std::nullopt;
  };
  State state_;
  std::vector<FaultRule> rules_;
  nlohmann::json sources_ = nlohmann::json::array();  // the rules as they were put
};

// True for the kinds that keep the request from having its effect.
bool PreventsEffect(FaultKind kind);

// Does to the reply to that request what the rule says. For a kind that prevents the effect `reply`
// is what to start from (its log facts are kept).
void ApplyFault(const FaultRule& rule, const FaultFacts& facts, Random& random, Reply& reply);

}  // namespace seatkeeper::sim
