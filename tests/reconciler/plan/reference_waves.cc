#include "tests/reconciler/plan/reference_waves.h"

#include <algorithm>
#include <functional>

namespace seatkeeper::test {
namespace {

using Names = std::set<std::string>;
using Requests = std::map<std::string, Request>;
using Counts = std::map<std::string, int>;

bool IsSwap(const Request& request) { return !request.takes.empty() && !request.frees.empty(); }

// Whether a free seat of `from` can become one of `to` by way of swaps.
bool Leads(const std::string& from, const std::string& to, const Requests& requests, Names seen) {
  if (from == to) return true;
  if (!seen.insert(from).second) return false;
  return std::any_of(requests.begin(), requests.end(), [&](const auto& entry) {
    const auto& request = entry.second;
    return IsSwap(request) && request.takes.contains(from) &&
           std::any_of(request.frees.begin(), request.frees.end(),
                       [&](const auto& next) { return Leads(next, to, requests, seen); });
  });
}

// A swap whose seat can come back to where it was taken.
bool Circles(const Request& swap, const Requests& requests) {
  return std::any_of(swap.takes.begin(), swap.takes.end(), [&](const auto& taken) {
    return std::any_of(swap.frees.begin(), swap.frees.end(),
                       [&](const auto& freed) { return Leads(freed, taken, requests, {}); });
  });
}

// One wave: a seat that is freed in it counts in the next one.
class Wave {
 public:
  Wave(const Requests& requests, Counts& free) : requests_(requests), free_(free) {}

  Names Serve() {
    const auto removal = [](const Request& request) { return request.takes.empty(); };
    const auto gain = [](const Request& request) {
      return !request.takes.empty() && request.frees.empty();
    };
    const auto circles = [&](const Request& request) {
      return IsSwap(request) && Circles(request, requests_);
    };
    const auto leaves = [&](const Request& request) {
      return IsSwap(request) && !Circles(request, requests_);
    };
    ServeSome(removal, false, false);
    ServeSome(circles, false, true);
    ServeSome(leaves, true, true);
    ServeSome(gain, true, false);
    // Seats that are spoken for in vain are better given to somebody.
    if (served_.empty()) ServeSome(leaves, false, false);
    if (served_.empty()) ServeSome(gain, false, false);
    return served_;
  }

 private:
  // Modest ones leave the seats that those before them wait for; speakers keep theirs from those
  // after them.
  void ServeSome(const std::function<bool(const Request&)>& is, bool modest, bool speaks) {
    const auto reserved = spoken_for_;
    for (const auto& [user, request] : requests_) {
      if (!is(request) || served_.contains(user)) continue;
      const bool there =
          std::all_of(request.takes.begin(), request.takes.end(), [&](const auto& product) {
            const auto kept = reserved.find(product);
            return free_[product] > (modest && kept != reserved.end() ? kept->second : 0);
          });
      if (there) served_.insert(user);
      for (const auto& product : request.takes) {
        if (there) --free_[product];
        if (!there && speaks) ++spoken_for_[product];
      }
    }
  }

  const Requests& requests_;
  Counts& free_;
  Counts spoken_for_;
  Names served_;
};

}  // namespace

std::set<std::string> PlayRequests(std::map<std::string, Request> requests,
                                   std::map<std::string, int>& free) {
  for (auto served = Wave(requests, free).Serve(); !served.empty();
       served = Wave(requests, free).Serve()) {
    for (const auto& user : served) {
      for (const auto& product : requests.at(user).frees) ++free[product];
      requests.erase(user);
    }
  }
  Names left;
  for (const auto& [user, request] : requests) left.insert(user);
  return left;
}

}  // namespace seatkeeper::test
