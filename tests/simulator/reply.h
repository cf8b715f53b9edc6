#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/simulator/message.h"

namespace seatkeeper::sim {

// An answer before it is turned into bytes, so that faults and $batch can still work on it.
struct Reply {
  int status = 200;
  nlohmann::json body;              // null: none
  std::optional<std::string> text;  // sent instead of `body` where it is set
  std::string content_type = "application/json";
  Headers headers;
  Disposition disposition = Disposition::kNormal;
  std::chrono::milliseconds delay{0};

  // What the log and the faults want to know.
  bool effective = false;        // the tenant changed
  std::string user_id;           // the user whom the request was about; empty: none
  std::string application = {};  // client id of who asked; empty: not known
  std::optional<int> page;       // 1-based page of a listing
  bool last_page = false;
  std::string fault;     // kind of the fault that struck; empty: none
  nlohmann::json items;  // what the log keeps of each $batch item
};

}  // namespace seatkeeper::sim
