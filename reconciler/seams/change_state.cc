#include "reconciler/seams/store.h"

#include <array>

namespace seatkeeper {
namespace {

struct Name {
  ChangeState state;
  std::string_view text;
};

// These words are in the store, in history and in metrics: never rename one.
constexpr std::array<Name, 11> kNames{{
    {ChangeState::kIntended, "intended"},
    {ChangeState::kAccepted, "accepted"},
    {ChangeState::kAmbiguous, "ambiguous"},
    {ChangeState::kRefused, "refused"},
    {ChangeState::kWithdrawn, "withdrawn"},
    {ChangeState::kConfirmed, "confirmed"},
    {ChangeState::kDiverged, "diverged"},
    {ChangeState::kMatched, "matched"},
    {ChangeState::kReverted, "reverted"},
    {ChangeState::kSuperseded, "superseded"},
    {ChangeState::kUnresolved, "unresolved"},
}};

}  // namespace

std::string_view ToString(ChangeState state) {
  for (const Name& name : kNames) {
    if (name.state == state) return name.text;
  }
  return "unknown";
}

std::optional<ChangeState> ParseChangeState(std::string_view text) {
  for (const Name& name : kNames) {
    if (name.text == text) return name.state;
  }
  return std::nullopt;
}

bool IsOpen(ChangeState state) {
  return state == ChangeState::kIntended || state == ChangeState::kAccepted ||
         state == ChangeState::kAmbiguous;
}

}  // namespace seatkeeper
