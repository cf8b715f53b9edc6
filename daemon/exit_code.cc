#include "daemon/exit_code.h"

namespace seatkeeper {
namespace {

int Rank(ExitCode code) {
  switch (code) {
    case ExitCode::kOk:
      return 0;
    case ExitCode::kChanges:
      return 1;
    case ExitCode::kHeld:
      return 2;
    case ExitCode::kFailed:
      return 3;
    default:
      return 4;
  }
}

}  // namespace

ExitCode ExitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return ExitCode::kUsage;
    case ErrorKind::kInvalid:
      return ExitCode::kInvalid;
    case ErrorKind::kUnreachable:
    case ErrorKind::kThrottled:
    case ErrorKind::kIncomplete:
      return ExitCode::kUnreachable;
    case ErrorKind::kPermission:
      return ExitCode::kNoPermission;
    case ErrorKind::kNotFound:
    case ErrorKind::kRejected:
    case ErrorKind::kConflict:
    case ErrorKind::kStore:
    case ErrorKind::kIo:
    case ErrorKind::kCancelled:
    case ErrorKind::kInternal:
      break;
  }
  return ExitCode::kError;
}

ExitCode Combine(ExitCode first, ExitCode second) {
  return Rank(second) > Rank(first) ? second : first;
}

}  // namespace seatkeeper
