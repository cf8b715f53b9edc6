#include "daemon/runtime.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "daemon/login.h"
#include "reconciler/store/sqlite_store.h"

namespace seatkeeper {
namespace {

// Decoding and planning; the loop and the store have threads of their own.
constexpr std::size_t kWorkers = 2;

std::unique_ptr<SignalWatcher> Watch(Loop& loop, Runtime::Signals signals,
                                     std::function<void(int)> on_signal) {
  switch (signals) {
    case Runtime::Signals::kNone:
      return nullptr;
    case Runtime::Signals::kStop:
      return std::make_unique<SignalWatcher>(loop, std::initializer_list<int>{SIGINT, SIGTERM},
                                             std::move(on_signal));
    case Runtime::Signals::kStopAndReload:
      break;
  }
  return std::make_unique<SignalWatcher>(loop, std::initializer_list<int>{SIGINT, SIGTERM, SIGHUP},
                                         std::move(on_signal));
}

}  // namespace

Runtime::Runtime(Signals signals, std::function<void(int)> on_signal)
    : signals_(Watch(loop_, signals, std::move(on_signal))), workers_(loop_, kWorkers) {}

Runtime::~Runtime() = default;

ProviderParts Runtime::provider_parts() {
  return {loop_, clock_, loop_, workers_, random_, observers_, quotas_};
}

Result<void> Runtime::OpenStore(const std::string& path) {
  auto store = OpenSqliteStore(path);
  if (!store) return std::move(store).error();
  store_ = std::make_unique<StoreThread>(std::move(store).value(), loop_);
  return {};
}

Cycle::Dependencies Runtime::cycle_parts(TenantProvider& provider) {
  return {provider, *store_, clock_, loop_, workers_, random_, observers_};
}

std::string Runtime::Holder() { return fmt::format("{}@{}", ::getpid(), HostName()); }

CycleReport Runtime::RunCycle(TenantProvider& provider, const PolicyInForce& policy,
                              CycleRequest request, const std::function<void(Cycle*)>& running) {
  Cycle cycle(cycle_parts(provider), policy, std::move(request));
  if (running) running(&cycle);
  auto report = Await<CycleReport>([&](auto done) { cycle.Start(std::move(done)); });
  if (running) running(nullptr);
  return report;
}

}  // namespace seatkeeper
