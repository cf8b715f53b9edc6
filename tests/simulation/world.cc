#include "tests/simulation/world.h"

#include <memory>
#include <stdexcept>
#include <utility>

#include "policy/load.h"
#include "reconciler/cycle/kept_reading.h"
#include "reconciler/graph/graph_provider.h"
#include "reconciler/http/inline_workers.h"
#include "reconciler/plan/digest.h"
#include "reconciler/store/sqlite_store.h"
#include "reconciler/store/store_thread.h"
#include "tests/simulation/load_policy.h"
#include "tests/simulator/generate.h"
#include "tests/simulator/snapshot.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

constexpr const char* kStoreFile = "store.db";
constexpr const char* kBackupFile = "backup.db";

GraphSettings SettingsOfTenant(const TenantKey& key) {
  GraphSettings settings;
  settings.tenant = "contoso";
  settings.tenant_id = key.tenant_id;
  settings.client_id = "22222222-2222-2222-2222-222222222222";
  settings.credential = std::make_shared<SecretCredential>(Secret("simulated-secret"));
  settings.graph_base = "http://sim";
  settings.login_base = "http://sim";
  settings.page_size = 25;  // Several pages even of a small tenant.
  return settings;
}

sim::Simulator MakeTenant(const World::Options& options, WallTime now) {
  sim::SimulatorOptions simulator;
  simulator.seed = options.seed;
  simulator.tenant_id = options.tenant_id;
  if (!options.tenant.empty()) {
    return {simulator, sim::ParseSnapshot(options.tenant, now).directory};
  }
  return {simulator,
          sim::GenerateTenant({.users = options.users, .seed = options.seed, .now = now})};
}

}  // namespace

PolicyInForce LoadPolicyText(const std::string& text) {
  auto loaded = LoadPolicies({{.path = "policy.yaml", .text = text}}, {});
  for (const auto& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity == Severity::kError) {
      throw std::runtime_error(Render(diagnostic, text));
    }
  }
  return {.policies = std::move(loaded.policies), .revision = Sha256(text)};
}

// One life of the program: what a crash takes with it.
struct World::Program {
  Program(World& world, Daemon daemon, std::unique_ptr<TransactionalStore> opened)
      : store(std::move(opened)),
        runner(*store, world.timers_),
        workers(world.timers_),
        provider({.transport = world.network_,
                  .clock = world.ClockOf(daemon),
                  .timers = world.timers_,
                  .workers = workers,
                  .random = world.random_,
                  .observer = world.observer_},
                 SettingsOfTenant(world.key_)) {}

  std::unique_ptr<TransactionalStore> store;
  InlineStoreRunner runner;
  InlineWorkers workers;
  GraphProvider provider;
  KeptReading kept{.reader = &provider};
  std::unique_ptr<Cycle> cycle;
  std::optional<ClockMark> clock_before;
};

World::World(const Options& options)
    : key_{.tenant_id = options.tenant_id, .cloud = "global"},
      shared_store_(options.shared_store),
      machines_{FaultyVfs(options.seed * 2), FaultyVfs(options.seed * 2 + 1)},
      timers_(clock_),
      random_(options.seed * 7919),
      machine_random_(options.seed * 104'729),
      tenant_(MakeTenant(options, clock_.Now())),
      network_(tenant_, clock_, timers_, random_),
      policies_{LoadPolicyText(options.policy), LoadPolicyText(options.rival_policy)},
      interval_(options.interval),
      everybody_every_(options.everybody_every) {
  if (options.trusted) {
    TrustStore(*OpenStore(kOurs), key_, clock_.Now());
    if (!options.rival_policy.empty()) TrustStore(*OpenStore(kRival), key_, clock_.Now());
  }
  // Every write that reaches the tenant has been written down before, exactly as it is.
  network_.OnArrival([this](const WireWrite& write) {
    if (on_write_) on_write_(write);
    if (IsIntended(write, kOurs) || (programs_[kRival] && IsIntended(write, kRival))) return;
    violations_.push_back("a write of " + write.subject + " had no durable intent");
  });
}

World::~World() {
  for (auto& program : programs_) program.reset();
}

std::unique_ptr<TransactionalStore> World::OpenStore(Daemon daemon) {
  const FaultyVfs::Quiet quiet(MachineOf(daemon));
  auto store = OpenSqliteStore(kStoreFile, MachineOf(daemon).options());
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(store).value();
}

void World::Crash(Daemon daemon) {
  // The program dies with its machine: nothing of it may still write.
  if (machine_random_.Next() % 4 == 0) {
    MachineOf(daemon).KillPrograms();
  } else {
    MachineOf(daemon).CutPower();
  }
  programs_[daemon].reset();
  if (shared_store_) programs_[kRival].reset();
}

void World::SetDiskTrouble(unsigned per_mille) {
  for (auto& machine : machines_) {
    machine.Mend();
    for (const auto fault :
         {DiskFault::kFull, DiskFault::kNoWrite, DiskFault::kNoSync, DiskFault::kNoRead}) {
      if (per_mille > 0) machine.Fail(fault, per_mille);
    }
  }
}

std::optional<CycleReport> World::RunCycle(std::size_t crash_after, Daemon daemon) {
  auto& running = programs_[daemon];
  auto undo = std::exchange(undo_, std::nullopt);
  if (!running) {
    auto store = OpenSqliteStore(kStoreFile, MachineOf(daemon).options());
    if (!store) return std::nullopt;
    running = std::make_unique<Program>(*this, daemon, std::move(store).value());
  }
  std::optional<CycleReport> finished;
  CycleRequest request{.tenant = "contoso",
                       .key = key_,
                       .holder = daemon == kOurs ? "simulation" : "rival",
                       .ceilings = ceilings_,
                       .mode = mode_,
                       .interval = interval_,
                       .clock_before = running->clock_before,
                       .confirm = nullptr,
                       .undo = std::move(undo)};
  auto& program = *running;
  if (everybody_every_) program.kept.everybody_every = *everybody_every_;
  if (everybody_every_ && !std::exchange(everybody_next_, false)) request.kept = &program.kept;
  program.cycle =
      std::make_unique<Cycle>(Cycle::Dependencies{program.provider, program.runner, ClockOf(daemon),
                                                  timers_, program.workers, random_, observer_},
                              policies_[shared_store_ ? kOurs : daemon], std::move(request));
  program.cycle->Start([&finished](CycleReport report) { finished = std::move(report); });
  for (std::size_t events = 1; !finished; ++events) {
    if (on_event_ && daemon == kOurs) on_event_(events);
    if (finished) break;
    if (events == crash_after) {
      Crash(daemon);
      return std::nullopt;
    }
    if (events > kMaxEvents || !timers_.RunNext()) {
      violations_.emplace_back("a cycle never ended");
      running.reset();
      return std::nullopt;
    }
  }
  program.cycle.reset();
  if (finished->believed) program.clock_before = finished->believed;
  return finished;
}

void World::Restart() { programs_[kOurs].reset(); }

void World::Resume() {
  const auto undisturbed = Undisturbed();
  const auto done = OpenStore(kOurs)->TrustStore(
      key_, {.who = "the test", .reason = "resumed", .at = clock_.Now()});
  if (!done) throw std::runtime_error(done.error().message);
}

void World::BackUpStore() {
  programs_[kOurs].reset();
  OpenStore(kOurs).reset();  // What is in the log goes into the file.
  machines_[kOurs].Put(kBackupFile, machines_[kOurs].Read(kStoreFile));
}

void World::RestoreStore() {
  programs_[kOurs].reset();
  OpenStore(kOurs).reset();
  machines_[kOurs].Put(kStoreFile, machines_[kOurs].Read(kBackupFile));
}

std::string World::Control(const std::string& method, const std::string& target,
                           const std::string& body) {
  const auto response =
      tenant_.Handle({.method = method,
                      .target = target,
                      .headers = {{"Host", "sim"}, {"Content-Type", "application/json"}},
                      .body = body},
                     clock_.Elsewhere());
  if (response.status >= 300) throw std::runtime_error(target + ": " + response.body);
  return response.body;
}

const std::vector<JournalEntry>& World::OpenChanges(Daemon daemon) {
  auto& machine = MachineOf(daemon);
  auto& peek = peeks_[daemon];
  if (peek.alterations == machine.alterations()) return peek.open;
  const FaultyVfs::Quiet quiet(machine);
  peek.open = OpenStore(daemon)->OpenChanges(key_).value();
  peek.alterations = machine.alterations();
  return peek.open;
}

std::vector<HistoryEntry> World::History(Daemon daemon) {
  const FaultyVfs::Quiet quiet(MachineOf(daemon));
  HistoryQuery query;
  query.limit = 1'000'000;
  return OpenStore(daemon)->History(query).value();
}

std::vector<std::string> World::violations() const {
  auto all = violations_;
  for (const auto& user : network_.overlapping()) {
    all.push_back("two requests of " + user + " were under way at once");
  }
  return all;
}

bool World::IsIntended(const WireWrite& write, Daemon daemon) {
  const auto body = nlohmann::json::parse(write.body);
  for (const auto& entry : OpenChanges(daemon)) {
    const auto subject = entry.group ? entry.group->id.ToString() : entry.user.ToString();
    if (subject != write.subject || write.reprocess != entry.reprocesses()) continue;
    if (write.reprocess) return true;
    const bool located =
        write.usage_location.empty() || write.usage_location == entry.usage_location;
    if (located && body.at("addLicenses").size() == entry.add.size() &&
        body.at("removeLicenses").size() == entry.remove.size()) {
      return true;
    }
  }
  return false;
}

}  // namespace seatkeeper::test
