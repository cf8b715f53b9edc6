#pragma once

#include <cstdint>
#include <vector>

#include "reconciler/model/observed.h"

namespace seatkeeper::bench {

/// A company whose licences follow rules that nobody wrote down, drawn by chance from `seed`: for
/// departments, for a department in a country, for a group, a title, a kind of employee, for
/// everybody whose account is enabled, for two at once; and a product that single people have for
/// reasons of their own.
class HiddenRules {
 public:
  explicit HiddenRules(std::uint64_t seed);

  struct Sample {
    ObservedState observed;
    /// By product, as in `observed`, and row: who should hold it by the rules.
    std::vector<std::vector<bool>> wanted;
    std::size_t holders = 0;  ///< Seats that are really assigned.
  };
  /// So many people, others with each `draw`, of whom so many percent of those who should hold a
  /// product lack it, and as many others hold it.
  Sample Draw(std::uint32_t users, std::uint64_t draw, double noise_percent) const;

  static constexpr std::size_t kProducts = 10;

 private:
  struct Person;
  static Person Make(std::uint64_t seed, std::uint32_t number);
  bool Wants(const Person& person, std::size_t product) const;

  std::uint64_t seed_;
};

}  // namespace seatkeeper::bench
