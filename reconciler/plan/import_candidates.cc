#include "reconciler/plan/import_candidates.h"

#include <algorithm>
#include <cstdint>

namespace seatkeeper {
namespace {

enum class Standing : std::uint8_t { kOther, kHolder, kNeutral };

struct Tally {
  std::uint32_t holders = 0;
  std::uint32_t others = 0;

  void Add(Standing standing) {
    holders += standing == Standing::kHolder ? 1U : 0U;
    others += standing == Standing::kOther ? 1U : 0U;
  }
};

class Search {
 public:
  Search(const ImportTable& table, const RowSet& holders, const RowSet& neutral, double right_for)
      : table_(table), right_for_(right_for), standing_(table.users(), Standing::kOther) {
    holders.ForEach([&](Row row) { standing_[row] = Standing::kHolder; });
    neutral.ForEach([&](Row row) { standing_[row] = Standing::kNeutral; });
  }

  std::vector<ImportCandidate> Run() {
    AddSingles();
    AddPairs();
    std::ranges::sort(found_, {}, &ImportCandidate::rule);
    return std::move(found_);
  }

 private:
  using Attribute = ImportTable::Attribute;

  void Consider(const ImportRule& rule, const Tally& tally) {
    if (tally.holders < kFewestExplained) return;
    ImportCandidate candidate{
        .rule = rule, .holders = tally.holders, .others = tally.others, .bits = 0};
    if (candidate.Precision() < right_for_) return;
    candidate.bits = table_.BitsOf(rule.first) + (rule.second ? table_.BitsOf(*rule.second) : 0.0);
    found_.push_back(candidate);
  }

  void AddSingles() {
    const auto& attributes = table_.attributes();
    for (std::uint32_t i = 0; i < attributes.size(); ++i) {
      auto& open = open_.emplace_back(attributes[i].values.size() + 1, false);
      for (std::uint32_t value = 1; value <= attributes[i].values.size(); ++value) {
        const ImportAtom atom{.attribute = i, .value = value};
        Tally tally;
        for (const auto row : table_.At(atom).rows) tally.Add(standing_[row]);
        Consider({.first = atom, .second = std::nullopt}, tally);
        open[value] = tally.holders >= kFewestExplained && tally.others > kWorthASecond;
      }
    }
  }

  void AddPairs() {
    const auto& attributes = table_.attributes();
    for (std::uint32_t i = 0; i < attributes.size(); ++i) {
      for (std::uint32_t value = 1; value <= attributes[i].values.size(); ++value) {
        if (!open_[i][value]) continue;
        for (std::uint32_t j = i + 1; j < attributes.size(); ++j) {
          // A policy can ask for members of a group and a property, not for members of two.
          if (!attributes[i].property && !attributes[j].property) continue;
          CountPairs({.attribute = i, .value = value}, j);
        }
      }
    }
  }

  void CountPairs(const ImportAtom& first, std::uint32_t attribute) {
    const auto& codes = table_.attributes()[attribute].codes;
    const auto& open = open_[attribute];
    tallies_.assign(open.size(), {});
    for (const auto row : table_.At(first).rows) {
      if (open[codes[row]]) tallies_[codes[row]].Add(standing_[row]);
    }
    for (std::uint32_t value = 1; value < open.size(); ++value) {
      if (!open[value]) continue;
      Consider({.first = first, .second = ImportAtom{.attribute = attribute, .value = value}},
               tallies_[value]);
    }
  }

  // Exceptions: so few cost less to name than any second condition would.
  static constexpr std::uint32_t kWorthASecond = 1;

  const ImportTable& table_;
  double right_for_;
  std::vector<Standing> standing_;       // By row.
  std::vector<std::vector<bool>> open_;  // By attribute and code.
  std::vector<Tally> tallies_;
  std::vector<ImportCandidate> found_;
};

}  // namespace

std::vector<ImportCandidate> ImportCandidates(const ImportTable& table, const RowSet& holders,
                                              const RowSet& neutral, double right_for) {
  return Search(table, holders, neutral, right_for).Run();
}

}  // namespace seatkeeper
