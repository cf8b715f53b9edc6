#include "tests/support/connect_proxy.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <tuple>

#include "tests/support/loopback.h"

namespace seatkeeper::test {
namespace {

bool WriteAll(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Up to the empty line; a client says nothing more before it has been answered.
std::string ReadHead(int client) {
  std::string head;
  std::array<char, 4096> buffer{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    const auto count = read(client, buffer.data(), buffer.size());
    if (count <= 0) break;
    head.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return head;
}

// Of "CONNECT host:port HTTP/1.1"; 0 for anything else.
int PortOf(std::string_view line) {
  if (!line.starts_with("CONNECT ")) return 0;
  const auto end = line.rfind(' ');
  const auto colon = line.rfind(':', end);
  if (colon == std::string_view::npos) return 0;
  return std::atoi(std::string(line.substr(colon + 1, end - colon - 1)).c_str());
}

}  // namespace

struct ConnectProxy::Running {
  int listener = -1;
  int port = 0;
  std::array<int, 2> stop_pipe{};
  std::thread thread;
  std::atomic<int> refusal = 0;
  std::mutex mutex;
  std::vector<std::string> asked;  // Guarded by mutex.
  std::map<int, int> peers;        // Both ways. The thread's own.

  void Run();
  void Open(int client);
  void Pump(int from);
};

void ConnectProxy::Running::Run() {
  while (true) {
    std::vector<pollfd> polled{{stop_pipe[0], POLLIN, 0}, {listener, POLLIN, 0}};
    for (const auto& [from, to] : peers) polled.push_back({from, POLLIN, 0});
    poll(polled.data(), polled.size(), -1);
    if (polled[0].revents != 0) break;
    if (polled[1].revents != 0) Open(accept(listener, nullptr, nullptr));
    for (std::size_t i = 2; i < polled.size(); ++i) {
      if (polled[i].revents != 0) Pump(polled[i].fd);
    }
  }
  for (const auto& [from, to] : peers) close(from);
}

void ConnectProxy::Running::Open(int client) {
  const auto head = ReadHead(client);
  const auto line = head.substr(0, head.find('\r'));
  {
    const std::lock_guard lock(mutex);
    asked.push_back(line);
  }
  const int wanted = PortOf(line);
  const int status = wanted == 0 ? 405 : refusal.load();
  const int server = status == 0 ? ConnectLoopback(wanted) : -1;
  if (server < 0) {
    WriteAll(client, fmt::format("HTTP/1.1 {} Declined\r\nContent-Length: 0\r\n"
                                 "Connection: close\r\n\r\n",
                                 status == 0 ? 502 : status));
    close(client);
    return;
  }
  peers.emplace(client, server);
  peers.emplace(server, client);
  WriteAll(client, "HTTP/1.1 200 Connection established\r\n\r\n");
}

void ConnectProxy::Running::Pump(int from) {
  const auto peer = peers.find(from);
  if (peer == peers.end()) return;  // Closed by the other one, a moment ago.
  std::array<char, 65536> buffer{};
  const auto count = read(from, buffer.data(), buffer.size());
  const bool going =
      count > 0 && WriteAll(peer->second, {buffer.data(), static_cast<std::size_t>(count)});
  if (going) return;
  const int to = peer->second;
  peers.erase(from);
  peers.erase(to);
  close(from);
  close(to);
}

ConnectProxy::ConnectProxy() : running_(std::make_unique<Running>()) {
  std::tie(running_->listener, running_->port) = BindLoopback();
  listen(running_->listener, SOMAXCONN);
  if (pipe(running_->stop_pipe.data()) != 0) std::abort();
  running_->thread = std::thread([this] { running_->Run(); });
}

ConnectProxy::~ConnectProxy() {
  if (write(running_->stop_pipe[1], "x", 1) != 1) std::abort();
  running_->thread.join();
  close(running_->listener);
  close(running_->stop_pipe[0]);
  close(running_->stop_pipe[1]);
}

std::string ConnectProxy::base() const {
  return fmt::format("http://127.0.0.1:{}", running_->port);
}

std::vector<std::string> ConnectProxy::asked() const {
  const std::lock_guard lock(running_->mutex);
  return running_->asked;
}

void ConnectProxy::Refuse(int status) { running_->refusal = status; }

}  // namespace seatkeeper::test
