#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/model/image.h"

namespace seatkeeper {
namespace {

// A reading of a later moment than this from now was made by a clock that was put back since.
constexpr std::chrono::minutes kMostSkew{5};

}  // namespace

void Cycle::Running::RecallReading() {
  auto bytes = std::make_shared<std::string>();
  dependencies.store.Run(
      [key = request.key, bytes](Store& store) -> Result<void> {
        auto saved = store.SavedReading(key);
        if (!saved) return std::move(saved).error();
        *bytes = *std::move(saved);
        return {};
      },
      Guarded([bytes](Running& self, const Result<void>& result) {
        if (!result) return self.Fail(result.error());
        if (bytes->empty()) return self.ReadEverybody();
        auto image = std::make_shared<std::optional<Result<ReadingImage>>>();
        self.dependencies.workers.Run(
            [bytes, image] { *image = DecodeImage(*bytes); },
            self.Guarded([image](Running& later) { later.TakeImage(std::move(**image)); }));
      }));
}

void Cycle::Running::TakeImage(Result<ReadingImage> image) {
  if (!image || image->state.tenant != request.key.tenant_id) {
    dependencies.observer.OnMessage(
        Observer::Level::kWarning, request.tenant, "everybody is read",
        image ? "The stored reading is of another tenant." : image.error().message);
    return ReadEverybody();
  }
  const auto age = clock.local().Now() - image->since;
  if (age < -kMostSkew) return ReadEverybody();
  dependencies.observer.OnMessage(
      Observer::Level::kInfo, request.tenant, "goes on from the stored reading",
      fmt::format("of {}, {} users", FormatTime(image->since), image->state.users.size()));
  request.kept->basis = {
      .state = std::move(image->state),
      .cursor = std::move(image->cursor),
      .everybody_at = clock.Monotonic() - std::max(age, WallTime::duration::zero()),
      .since = image->since};
  ReadOn();
}

bool Cycle::Running::SavesReading() const {
  return lease && request.kept != nullptr && job->observed && !job->part && !cursor.empty() &&
         !report.error && stop_reason.empty();
}

void Cycle::Running::SaveReading() {
  auto bytes = std::make_shared<std::string>();
  dependencies.workers.Run(
      [bytes, job = job, cursor = cursor, since = everybody_since] {
        *bytes = EncodeImage(*job->observed, cursor, since);
      },
      Guarded([bytes](Running& self) {
        self.dependencies.store.Run(
            [held = *self.lease, bytes](Store& store) { return store.SaveReading(held, *bytes); },
            self.Guarded([](Running& later, const Result<void>& result) {
              if (!result) {
                later.dependencies.observer.OnMessage(
                    Observer::Level::kWarning, later.request.tenant,
                    "the reading was not saved: after a restart everybody is read",
                    result.error().message);
              }
              later.RecordEndOfCycle();
            }));
      }));
}

}  // namespace seatkeeper
