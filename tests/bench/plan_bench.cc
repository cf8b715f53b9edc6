// How long a plan takes, from policies and a reading to what is sent in which order: fifty policies
// over twenty products and a million users, on one thread, where 1 % of the users and where all of
// them differ from what the policies want. And how long it takes to merge what was read of 1 % of
// the users into an earlier reading, and to take up a reading that was stored, beside reading
// everybody.
//
//   plan_bench [USERS] [--drift PERCENT] [--export FOLDER]   # 1,000,000; both; compares nothing
//
// `tests/bench/plan` runs it beside a database that does the first half of the work.

#include <fmt/format.h>
#include <fmt/os.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/model/image.h"
#include "reconciler/model/merge.h"
#include "reconciler/plan/diff.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/plan_rules.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"
#include "tests/bench/bench_tenant.h"
#include "tests/bench/plan_sql.h"
#include "tests/bench/plan_tenant.h"

namespace seatkeeper::bench {
namespace {

constexpr int kRounds = 5;

// Processor time of this thread: on a machine that does other things besides, the clock on the wall
// measures those.
template <typename Work>
double Seconds(Work&& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const auto start = now();
  work();
  return now() - start;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// A figure of this process in MB, by its name in /proc/self/status.
long Megabytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name))
      return std::strtol(line.c_str() + name.size() + 1, nullptr, 10) / 1024;
  }
  return 0;
}

// Gives back what building the tenant needed, and forgets that it did.
void ResetPeak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << '5';
}

PlanInput InputOf(const PolicySet& policies, const ObservedState& observed) {
  return {.tenant = "bench",
          .policies = policies,
          .policy_revision = {},
          .observed = observed,
          .now = BenchNow(),
          .catalog = {},
          .busy = {},
          .unseen_seats = {},
          .removals_in_window = {},
          .memory = {}};
}

struct Figures {
  double plan = 0;
  double resolve = 0;
  double diff = 0;
  std::size_t missing = 0;
  std::size_t extra = 0;
  std::size_t changes = 0;
  std::size_t waiting = 0;
  int waves = 0;
};

void Describe(const Plan& plan, Figures& figures) {
  const auto count = [&](Drift::Kind kind) {
    return static_cast<std::size_t>(
        std::count_if(plan.drift.begin(), plan.drift.end(),
                      [&](const Drift& drift) { return drift.kind == kind; }));
  };
  figures.missing = count(Drift::Kind::kMissing);
  figures.extra = count(Drift::Kind::kExtra);
  figures.changes = plan.changes.size();
  figures.waiting = plan.waiting.size();
  for (const auto& change : plan.changes) figures.waves = std::max(figures.waves, change.wave);
}

Figures Measure(const PolicySet& policies, const ObservedState& observed) {
  Figures figures;
  std::vector<double> plan_seconds;
  std::vector<double> resolve_seconds;
  std::vector<double> diff_seconds;
  const auto input = InputOf(policies, observed);
  ResetPeak();
  const auto before = Megabytes("VmRSS");
  for (int round = 0; round < kRounds; ++round) {
    std::optional<GuardedPlan> made;
    plan_seconds.push_back(Seconds([&] { made = *MakePlan(input); }));
    Describe(made->plan(), figures);
  }
  const auto peak = Megabytes("VmHWM");
  for (int round = 0; round < kRounds; ++round) {
    std::optional<DesiredState> desired;
    resolve_seconds.push_back(Seconds([&] {
      desired = *ResolveDesired(policies, "bench", observed, BenchNow(), input.catalog, {});
    }));
    const auto rules = KnownPlanRules();
    diff_seconds.push_back(Seconds(
        [&] { ComputeDiff(*desired, observed, {}, PlanConflicts(rules, *desired, observed)); }));
  }
  figures.plan = Median(plan_seconds);
  figures.resolve = Median(resolve_seconds);
  figures.diff = Median(diff_seconds);
  fmt::print("  {} changes in {} waves, {} users waiting; missing {}, extra {}\n", figures.changes,
             figures.waves, figures.waiting, figures.missing, figures.extra);
  fmt::print("  resolve to schedule: {:6.3f} s (processor time, median of {}; best {:.3f})\n",
             figures.plan, kRounds, *std::min_element(plan_seconds.begin(), plan_seconds.end()));
  fmt::print("    of which resolve:  {:6.3f} s\n    of which diff:     {:6.3f} s\n",
             figures.resolve, figures.diff);
  fmt::print("  memory: {} MB before, {} MB more at the peak\n", before, peak - before);
  return figures;
}

// What a process that starts takes up instead of reading everybody, which takes `whole` seconds.
void CompareImage(const ObservedState& observed, double whole) {
  std::vector<double> encode_seconds;
  std::vector<double> decode_seconds;
  std::string bytes;
  for (int round = 0; round < kRounds; ++round) {
    encode_seconds.push_back(Seconds([&] { bytes = EncodeImage(observed, "cursor", BenchNow()); }));
    decode_seconds.push_back(Seconds([&] {
      if (!DecodeImage(bytes)) std::abort();
    }));
  }
  const double decode = Median(decode_seconds);
  fmt::print("  stored, {:4} MB:      {:6.3f} s; taken up {:.3f} s ({:.1f} times as fast)\n",
             bytes.size() / 1'000'000, Median(encode_seconds), decode, whole / decode);
}

// Reading one user in a hundred again, beside reading everybody: without the network, the users
// only go from columns into columns.
void CompareReadings(const ObservedState& observed) {
  constexpr std::uint32_t kEvery = 100;
  std::vector<double> whole_seconds;
  std::vector<double> part_seconds;
  std::vector<double> merge_seconds;
  for (int round = 0; round < kRounds; ++round) {
    whole_seconds.push_back(Seconds([&] { Reread(observed, 1); }));
    ReadingChange change;
    part_seconds.push_back(Seconds([&] { change.reread = Reread(observed, kEvery); }));
    merge_seconds.push_back(Seconds([&] {
      if (!MergeReading(observed, std::move(change))) std::abort();
    }));
  }
  const double whole = Median(whole_seconds);
  const double part = Median(part_seconds) + Median(merge_seconds);
  fmt::print("  everybody read:      {:6.3f} s (processor time, median of {})\n", whole, kRounds);
  fmt::print("  1 % read and merged: {:6.3f} s, of which merged {:.3f} s ({:.0f} times as fast)\n",
             part, Median(merge_seconds), whole / part);
  CompareImage(observed, whole);
}

int Run(std::uint32_t users, const std::vector<unsigned>& drifts, const std::string& folder) {
  const auto policies = PlanPolicies();
  const auto needs = ReadingNeeds(policies, "bench");
  auto tenant = MakeTenant(users, users, needs.properties);
  std::string cases;
  for (const unsigned percent : drifts) {
    const auto observed = WithDrift(tenant.observed.users, policies, percent);
    fmt::print("{} policies, {} products, {} users, {} % of them differing\n",
               policies.license_policies.size(), observed.products.size(), users, percent);
    if (percent == drifts.front()) CompareReadings(observed);
    const auto figures = Measure(policies, observed);
    if (folder.empty()) continue;
    const auto held = fmt::format("held-{}.csv", percent);
    WriteHeldCsv(observed, folder + "/" + held);
    cases += fmt::format(
        R"({}{{"percent": {}, "held": "{}", "missing": {}, "extra": {}, "plan": {}, "resolveAndDiff": {}}})",
        cases.empty() ? "" : ", ", percent, held, figures.missing, figures.extra, figures.plan,
        figures.resolve + figures.diff);
    if (percent != drifts.front()) continue;
    WriteUsersCsv(observed, policies, folder);
    fmt::output_file(folder + "/drift.sql").print("{}", DriftSql(observed, policies));
  }
  if (!folder.empty()) {
    fmt::output_file(folder + "/cases.json").print("[{}]\n", cases);
  }
  return 0;
}

}  // namespace
}  // namespace seatkeeper::bench

int main(int argc, char** argv) {
  std::uint32_t users = 1'000'000;
  std::string folder;
  std::vector<unsigned> drifts = {1, 100};
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--export" && i + 1 < argc) {
      folder = argv[++i];
    } else if (std::string_view(argv[i]) == "--drift" && i + 1 < argc) {
      drifts = {static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10))};
    } else {
      users = static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10));
    }
  }
  if (users == 0) {
    fmt::print(stderr, "usage: plan_bench [USERS] [--drift PERCENT] [--export FOLDER]\n");
    return 64;
  }
  return seatkeeper::bench::Run(users, drifts, folder);
}
