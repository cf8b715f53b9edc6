#pragma once

#include <string_view>

namespace seatkeeper {

/// What one of Entra's sign-in errors means and what mends it (their numbers: AADSTS codes).
struct SignInExplanation {
  std::string_view meaning;  ///< A whole sentence.
  std::string_view mend;     ///< A whole sentence; may be empty.
  bool transient = false;    ///< Worth trying again.
};

/// By the number in `error_codes`; one with an empty meaning for numbers that are not known.
SignInExplanation ExplainSignInError(int code);

}  // namespace seatkeeper
