#pragma once

#include <map>
#include <set>
#include <string>

namespace seatkeeper::test {

/// What one user's request does to the seats of products.
struct Request {
  std::set<std::string> takes = {};
  std::set<std::string> frees = {};
};

/// Sends requests in waves until none of those left can get its seats; those are returned, and
/// `free` is what is free then.
std::set<std::string> PlayRequests(std::map<std::string, Request> requests,
                                   std::map<std::string, int>& free);

}  // namespace seatkeeper::test
