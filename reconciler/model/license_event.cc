#include "reconciler/model/license_event.h"

#include <fmt/format.h>

namespace seatkeeper {
namespace {

std::string WhoIs(const Author& author) {
  switch (author.actor) {
    case Actor::kUser:
      return author.name;
    case Actor::kApplication:
      return fmt::format("the application \"{}\"", author.name);
    case Actor::kGroupLicensing:
      return "group licensing";
    case Actor::kUnknown:
      break;
  }
  return "somebody whom the audit log does not name";
}

}  // namespace

std::string_view ToString(Actor actor) {
  switch (actor) {
    case Actor::kUser:
      return "user";
    case Actor::kApplication:
      return "application";
    case Actor::kGroupLicensing:
      return "group-licensing";
    case Actor::kUnknown:
      break;
  }
  return "unknown";
}

std::string DescribeAuthor(const Author& author) {
  auto done = fmt::format("by {} at {}", WhoIs(author), FormatTime(author.at));
  if (author.certain) return done;
  return "the user's licences were last changed " + done +
         "; the audit log does not say which of them";
}

}  // namespace seatkeeper
