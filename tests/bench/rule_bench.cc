// How long fifty rules take over a million users, on one thread: the evaluator against evaluation
// user by user, in the same run over the same table.
//
//   rule_bench [USERS] [--rules] [--alone]   # 1,000,000; the time of each rule; nothing to compare

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/rule_eval.h"
#include "tests/bench/bench_rules.h"
#include "tests/bench/bench_tenant.h"
#include "tests/bench/row_by_row.h"

namespace seatkeeper::bench {
namespace {

constexpr int kRounds = 9;
constexpr std::uint32_t kSampleEvery = 100;

// Processor time of this thread: on a machine that does other things besides, the clock on the wall
// measures those.
double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Work>
double Seconds(Work&& work) {
  const auto start = ThreadSeconds();
  work();
  return ThreadSeconds() - start;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// A fresh evaluator each time: what it keeps between rules it has to make in every cycle.
std::vector<double> TimePerRule(const BenchTenant& tenant, const std::vector<BenchRule>& rules,
                                std::vector<RowSet>& selected) {
  std::vector<double> seconds;
  selected.clear();
  RuleEvaluator evaluator(tenant.observed, BenchNow());
  for (const auto& rule : rules) {
    seconds.push_back(Seconds([&] { selected.push_back(evaluator.Evaluate(rule.rule).rows); }));
  }
  return seconds;
}

void Check(bool agrees, const BenchRule& rule) {
  if (agrees) return;
  fmt::print(stderr, "the ways of evaluation do not agree on: {}\n", rule.name);
  std::exit(1);
}

// Every hundredth user as a plain value, through the interpreter of the tests; scaled up.
double TimeInterpreter(const BenchTenant& tenant, const std::vector<BenchRule>& rules,
                       const std::vector<RowSet>& selected) {
  double seconds = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::vector<bool> selects;
    seconds += Seconds([&] {
      for (const auto& person : tenant.sample) {
        selects.push_back(Selects(rules[i].rule, person, tenant.links, BenchNow()));
      }
    });
    for (std::size_t k = 0; k < selects.size(); ++k) {
      const auto row = *tenant.observed.users.Find(tenant.sample[k].id);
      Check(selected[i].Contains(row) == selects[k], rules[i]);
    }
  }
  return seconds * static_cast<double>(tenant.observed.users.size()) /
         static_cast<double>(tenant.sample.size());
}

double TimeRowByRow(const BenchTenant& tenant, const std::vector<BenchRule>& rules,
                    const std::vector<RowSet>& selected) {
  double seconds = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::size_t count = 0;
    seconds += Seconds([&] {
      const RowByRow rule(rules[i].rule, tenant.observed, BenchNow());
      for (Row row = 0; row < tenant.observed.users.size(); ++row) count += rule.Selects(row);
    });
    Check(count == selected[i].Count(), rules[i]);
  }
  return seconds;
}

int Run(std::uint32_t users, bool each_rule, bool alone) {
  const auto rules = BenchRules();
  ReadRequest needs{.properties = PlanningProperties(), .groups = {}, .links = {}};
  for (const auto& rule : rules) AddNeeds(rule.rule, needs);
  const auto tenant = MakeTenant(users, kSampleEvery, needs.properties);
  fmt::print("{} rules, {} users, {:.0f} bytes of memory per user\n", rules.size(), users,
             static_cast<double>(tenant.heap_bytes) / users);
  std::vector<RowSet> selected;
  std::vector<double> totals;
  std::vector<std::vector<double>> per_rule(rules.size());
  for (int round = 0; round < kRounds; ++round) {
    const auto seconds = TimePerRule(tenant, rules, selected);
    double total = 0;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      per_rule[i].push_back(seconds[i]);
      total += seconds[i];
    }
    totals.push_back(total);
  }
  const double median = Median(totals);
  fmt::print(
      "evaluator:         {:8.3f} s (processor time, median of {}; best {:.3f}, worst {:.3f})\n",
      median, kRounds, *std::min_element(totals.begin(), totals.end()),
      *std::max_element(totals.begin(), totals.end()));
  if (each_rule) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      fmt::print("  {:7.2f} ms {:9} users  {}\n", Median(per_rule[i]) * 1e3, selected[i].Count(),
                 rules[i].name);
    }
  }
  if (alone) return 0;
  const double rows = TimeRowByRow(tenant, rules, selected);
  fmt::print("row by row:        {:8.3f} s ({:.0f} times as long)\n", rows, rows / median);
  const double interpreter = TimeInterpreter(tenant, rules, selected);
  fmt::print("tests' interpreter: {:7.3f} s ({:.0f} times as long; from every {}th user)\n",
             interpreter, interpreter / median, kSampleEvery);
  return 0;
}

}  // namespace
}  // namespace seatkeeper::bench

int main(int argc, char** argv) {
  std::uint32_t users = 1'000'000;
  bool each_rule = false;
  bool alone = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--rules") {
      each_rule = true;
    } else if (std::string_view(argv[i]) == "--alone") {
      alone = true;
    } else {
      users = static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10));
    }
  }
  if (users == 0) {
    fmt::print(stderr, "usage: rule_bench [USERS] [--rules] [--alone]\n");
    return 64;
  }
  return seatkeeper::bench::Run(users, each_rule, alone);
}
