#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/result.h"

namespace date {
class time_zone;
}

namespace seatkeeper {

/// A time zone of the IANA database that this machine has (the Debian package tzdata), as constant
/// as a table in the program: it is read once, never downloaded, and a name of it always means the
/// same. A handle that is cheap to copy.
///
/// Read by Howard Hinnant's date library, which libstdc++ 12 lacks an equal of. That knows the
/// changes of clocks which the files list, up to 2037, and not the rule for the years after them: a
/// zone that still changes its clocks then is not known beyond its last listed change. A database
/// whose files list no changes to come ("slim") would be wrong by an hour for half the year, and is
/// refused.
class TimeZone {
 public:
  /// By its name, in the database's own letter case. kNotFound: there is no such zone; kIo: the
  /// machine has no database that can be used, and the message says what to install.
  static Result<TimeZone> Find(std::string_view name);

  /// Moments at which clocks of the zone show a time. Both are the same, but where clocks are set
  /// back and show it twice. Where they are set forward and never show it: when that happens.
  struct Moments {
    std::chrono::sys_seconds first;
    std::chrono::sys_seconds last;
  };
  /// Nothing: the database does not say.
  std::optional<Moments> MomentsOf(std::chrono::local_seconds shown) const;

 private:
  explicit TimeZone(const date::time_zone& zone);

  const date::time_zone* zone_;  // Never null, and never freed.
  std::optional<std::chrono::sys_seconds> known_until_;
};

/// Every name that Find takes. Valid as long as the program runs; empty without a database.
std::vector<std::string_view> TimeZoneNames();

}  // namespace seatkeeper
