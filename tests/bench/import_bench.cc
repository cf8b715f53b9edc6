// How much of a tenant `import` explains, and whether it holds for people whom it has not seen:
// tenants whose licences follow hidden rules, 3 percent of them wrongly. What was imported from one
// sample is judged by the hidden rules on a second sample of other people, without noise, beside
// what a list of the first sample's users would get right there.
//
//   import_bench [USERS] [SEEDS] [NOISE]   # 2000, 10, 3; --show prints the policies of seed 1

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "daemon/import_proof.h"
#include "daemon/policy_load.h"
#include "reconciler/plan/desired.h"
#include "tests/bench/import_tenant.h"

namespace seatkeeper::bench {
namespace {

struct Figures {
  std::size_t holders = 0;
  std::size_t by_rule = 0;
  std::size_t explainable = 0;  // Held as the rules of nine products say.
  std::size_t explained = 0;    // Of these, by rule or group.
  std::size_t documents = 0;
  std::size_t wanted = 0;  // In the second sample, product by product.
  std::size_t missed = 0;
  std::size_t wrong = 0;
  std::size_t wanted_with_reason = 0;  // Without the product that nobody knows a reason for.
  std::size_t missed_with_reason = 0;
  std::size_t wrong_with_reason = 0;
  double seconds = 0;

  Figures& operator+=(const Figures& other) {
    holders += other.holders;
    by_rule += other.by_rule;
    explainable += other.explainable;
    explained += other.explained;
    documents += other.documents;
    wanted += other.wanted;
    missed += other.missed;
    wrong += other.wrong;
    wanted_with_reason += other.wanted_with_reason;
    missed_with_reason += other.missed_with_reason;
    wrong_with_reason += other.wrong_with_reason;
    seconds += other.seconds;
    return *this;
  }
};

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] void Fail(std::string_view why) {
  fmt::print(stderr, "import_bench: {}\n", why);
  std::exit(1);
}

// What the policies grant in the second sample, against what the hidden rules want there.
void Judge(const ProvenImport& proven, const HiddenRules::Sample& second, Figures& figures) {
  const auto loaded = LoadOnThreads(proven.files, {});
  const auto desired =
      ResolveDesired(loaded.policies, "bench", second.observed, second.observed.read_at);
  if (!desired) Fail(desired.error().message);
  for (std::size_t product = 0; product < HiddenRules::kProducts; ++product) {
    const auto index = desired->Find(second.observed.product_ids[product]);
    const bool with_reason = product + 1 < HiddenRules::kProducts;
    for (Row row = 0; row < second.observed.users.size(); ++row) {
      const bool wanted = second.wanted[product][row];
      const bool granted = index && desired->products[*index].granted.Contains(row);
      const std::size_t one = 1;
      figures.wanted += wanted ? one : 0;
      figures.missed += wanted && !granted ? one : 0;
      figures.wrong += granted && !wanted ? one : 0;
      if (!with_reason) continue;
      figures.wanted_with_reason += wanted ? one : 0;
      figures.missed_with_reason += wanted && !granted ? one : 0;
      figures.wrong_with_reason += granted && !wanted ? one : 0;
    }
  }
}

Figures Measure(std::uint64_t seed, std::uint32_t users, double noise, bool show) {
  const HiddenRules rules(seed);
  const auto first = rules.Draw(users, 1, noise);
  const auto second = rules.Draw(users, 2, 0);
  Figures figures;
  const auto start = ThreadSeconds();
  const auto proven = ProveImport(
      first.observed, {.tenant_name = "bench", .known_tenants = {}, .folder = {}, .only = {}}, {});
  figures.seconds = ThreadSeconds() - start;
  if (!proven) Fail(proven.error().message);
  if (show) {
    for (const auto& file : proven->files) fmt::print("==> {}\n{}", file.path, file.text);
  }
  for (const auto& product : proven->described.products) {
    figures.holders += product.holders;
    figures.by_rule += product.by_rule;
    if (product.product + 1U == HiddenRules::kProducts) continue;
    figures.explained += product.by_rule;
    for (Row row = 0; row < users; ++row) {
      const auto assignments = first.observed.users.assignments(row);
      const bool held = std::ranges::any_of(assignments, [&](const AssignmentRow& assignment) {
        return assignment.product == product.product;
      });
      if (held && first.wanted[product.product][row]) ++figures.explainable;
    }
  }
  figures.documents = proven->described.documents.size();
  Judge(*proven, second, figures);
  return figures;
}

void Print(std::string_view what, const Figures& figures, std::size_t runs) {
  fmt::print(
      "{:>5} {:>8} {:>7.1f} % {:>9.1f} % {:>8.1f} {:>8} {:>7.2f} % {:>7.2f} % {:>11.2f} % "
      "{:>7.1f}\n",
      what, figures.holders / runs, Share(figures.by_rule, figures.holders),
      Share(figures.explained, figures.explainable),
      static_cast<double>(figures.documents) / static_cast<double>(runs), figures.wanted / runs,
      Share(figures.missed, figures.wanted), Share(figures.wrong, figures.wanted),
      Share(figures.missed_with_reason + figures.wrong_with_reason, figures.wanted_with_reason),
      figures.seconds * 1000 / static_cast<double>(runs));
}

}  // namespace

int Main(int argc, char** argv) {
  std::vector<const char*> numbers;
  bool show = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--show") {
      show = true;
    } else {
      numbers.push_back(argv[i]);
    }
  }
  const auto users = static_cast<std::uint32_t>(numbers.empty() ? 2000 : std::atoi(numbers[0]));
  const auto seeds = static_cast<std::size_t>(numbers.size() < 2 ? 10 : std::atoi(numbers[1]));
  const double noise = numbers.size() < 3 ? 3 : std::atof(numbers[2]);
  if (users == 0 || seeds == 0) Fail("USERS and SEEDS must be numbers above 0");
  fmt::print(
      "{} users, {} products, {} % noise.\n"
      "First sample: seats; by rule or group; likewise of those that a hidden rule gives; "
      "documents.\n"
      "Second sample: seats by the hidden rules; missed; wrongly granted; both where there is a "
      "rule.\nAt the end milliseconds of processor time.\n\n",
      users, HiddenRules::kProducts, noise);
  Figures all;
  for (std::size_t seed = 1; seed <= seeds; ++seed) {
    const auto figures = Measure(seed, users, noise, show && seed == 1);
    Print(fmt::format("{}", seed), figures, 1);
    all += figures;
  }
  Print("all", all, seeds);
  fmt::print(
      "\nA list of the first sample's users instead: 0 % by rule, and on the second sample "
      "100 % of {} seats missed.\n",
      all.wanted);
  return 0;
}

}  // namespace seatkeeper::bench

int main(int argc, char** argv) { return seatkeeper::bench::Main(argc, argv); }
