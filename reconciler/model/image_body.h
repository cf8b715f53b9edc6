#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reconciler/model/image.h"

namespace seatkeeper {

/// What is in an image before it is deflated; for image.cc, and for tests that damage it where no
/// checksum tells. Grows with the format: whoever alters what is written raises kImageFormat.
inline constexpr std::uint32_t kImageFormat = 1;

std::string WriteImageBody(const ObservedState& state, std::string_view cursor, WallTime since);

/// Nothing where the bytes cannot have been written by WriteImageBody. What is returned can be used
/// like any reading, whatever the bytes were.
std::optional<ReadingImage> ReadImageBody(std::string_view bytes);

}  // namespace seatkeeper
