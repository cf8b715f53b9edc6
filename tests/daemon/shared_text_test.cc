#include "daemon/shared_text.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace seatkeeper {
namespace {

SharedText OfPieces() {
  SharedText text;
  for (const char* piece : {"ab", "", "cde", "f"}) {
    text.Add(std::make_shared<const std::string>(piece));
  }
  return text;
}

TEST(SharedText, IsOneTextInTheOrderOfItsPieces) {
  EXPECT_EQ(OfPieces().size(), 6U);
  EXPECT_EQ(OfPieces().Joined(), "abcdef");
  EXPECT_EQ(SharedText("one").Joined(), "one");
  EXPECT_EQ(SharedText().size(), 0U);
  EXPECT_EQ(SharedText().Joined(), "");
}

TEST(SharedText, IsCopiedFromAnywhereInBlocksOfAnySize) {
  const auto text = OfPieces();
  const std::string whole = "abcdef";
  for (std::size_t offset = 0; offset <= whole.size() + 1; ++offset) {
    for (std::size_t length = 0; length <= 8; ++length) {
      std::array<char, 8> block{};
      const auto copied = text.Copy(offset, std::span(block).first(length));
      const auto expected = offset < whole.size() ? whole.substr(offset, length) : "";
      EXPECT_EQ(std::string(block.data(), copied), expected) << offset << ", " << length;
    }
  }
}

TEST(SharedText, HoldsItsPiecesAndCopiesNone) {
  const auto piece = std::make_shared<const std::string>("shared");
  SharedText text;
  text.Add(piece);
  EXPECT_EQ(piece.use_count(), 2);
}

}  // namespace
}  // namespace seatkeeper
