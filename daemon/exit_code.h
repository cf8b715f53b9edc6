#pragma once

#include "policy/result.h"

namespace seatkeeper {

/// How the process ends. Scripts rely on these numbers: never change one.
enum class ExitCode : int {
  kOk = 0,             ///< Done; for `plan`, nothing to change.
  kError = 1,          ///< Anything that has no number of its own.
  kChanges = 2,        ///< `plan --detailed-exitcode`: there are changes.
  kHeld = 3,           ///< Something is held by a guardrail. Wins over kChanges.
  kFailed = 4,         ///< Some changes failed.
  kUsage = 64,         ///< The command line is wrong.
  kInvalid = 65,       ///< Policy or config is invalid.
  kUnreachable = 69,   ///< No usable answer from the tenant, or its reading is incomplete.
  kNoPermission = 77,  ///< Signed in, but not allowed; or sign-in refused.
};

/// The exit code of an error. Pure.
ExitCode ExitCodeOf(ErrorKind kind);

/// The exit code of a command that did several things: what is worse wins, in the order
/// error > failed > held > changes > ok; of two errors the first counts. Pure.
ExitCode Combine(ExitCode first, ExitCode second);

}  // namespace seatkeeper
