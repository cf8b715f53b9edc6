#include "tests/simulator/server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>

namespace seatkeeper::sim {
namespace {

// Every connection that is kept alive holds a thread.
constexpr std::size_t kThreads = 64;
constexpr std::size_t kPayloadMax = std::size_t{1} << 30;  // PUT of a very large tenant
constexpr std::time_t kKeepAliveSeconds = 30;
constexpr std::chrono::milliseconds kPeerCheckInterval{50};

std::optional<int> PortOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return std::nullopt;
}

// httplib hands no socket to its handlers, and dropping a connection without a word needs one. So
// the accepted sockets are looked up among the process's descriptors by their two ports.
template <typename Action>
void ForEachConnection(int local_port, std::optional<int> remote_port, Action action) {
  DIR* descriptors = opendir("/proc/self/fd");
  if (descriptors == nullptr) return;
  while (const dirent* entry = readdir(descriptors)) {
    const int fd = std::atoi(entry->d_name);
    sockaddr_storage local{};
    sockaddr_storage remote{};
    socklen_t local_size = sizeof(local);
    socklen_t remote_size = sizeof(remote);
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&local), &local_size) != 0) continue;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&remote), &remote_size) != 0) continue;
    if (PortOf(local) != local_port) continue;
    if (!remote_port || PortOf(remote) == remote_port) action(fd);
  }
  closedir(descriptors);
}

bool IsPeerGone(int fd) {
  pollfd state{fd, POLLIN | POLLRDHUP, 0};
  return poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::unique_ptr<httplib::Server> MakeHttpServer(const ServerOptions& options) {
  if (options.certificate_file.empty()) return std::make_unique<httplib::Server>();
  auto server = std::make_unique<httplib::SSLServer>(options.certificate_file.c_str(),
                                                     options.key_file.c_str());
  if (!server->is_valid()) {
    throw ServerError("cannot use the certificate " + options.certificate_file + " with the key " +
                      options.key_file);
  }
  return server;
}

}  // namespace

struct Server::State {
  Simulator& simulator;
  ServerOptions options;
  Clock clock;
  std::unique_ptr<httplib::Server> http;
  int port = 0;
  std::thread thread;

  std::mutex mutex;  // guards the simulator, `stopping` and `faults_put`
  std::condition_variable stop_signal;
  bool stopping = false;
  std::uint64_t faults_put = 0;  // how often other ones came into force

  const char* Scheme() const { return options.certificate_file.empty() ? "http" : "https"; }

  void Serve(const httplib::Request& from, httplib::Response& to) {
    Request request{from.method, from.target, {}, from.body, Scheme()};
    for (const auto& [name, value] : from.headers) request.headers.emplace_back(name, value);
    Response response;
    std::uint64_t faults = 0;
    {
      const std::lock_guard lock(mutex);
      response = simulator.Handle(request, clock());
      if (ChangesFaults(request) && response.status < 300) {
        ++faults_put;
        stop_signal.notify_all();
      }
      faults = faults_put;
    }
    if (response.delay.count() > 0) Wait(from.remote_port, response.delay);
    switch (response.disposition) {
      case Disposition::kStall:
        Wait(from.remote_port, std::chrono::hours(24), faults);
        [[fallthrough]];
      case Disposition::kReset:
      case Disposition::kResetAfterEffect:
        Drop(from.remote_port);
        return;
      case Disposition::kNormal:
      case Disposition::kTruncated:
        Send(std::move(response), to);
        return;
    }
  }

  static bool ChangesFaults(const Request& request) {
    return request.target.starts_with("/_sim/faults") && request.method != "GET";
  }

  // Until the time is over, the client has gone, or the server stops; with `faults` also until
  // others are in force than these.
  void Wait(int remote_port, std::chrono::milliseconds time,
            std::optional<std::uint64_t> faults = std::nullopt) {
    const auto end = std::chrono::steady_clock::now() + time;
    std::unique_lock lock(mutex);
    while (!stopping && std::chrono::steady_clock::now() < end) {
      if (faults && *faults != faults_put) return;
      bool gone = true;
      ForEachConnection(port, remote_port, [&](int fd) { gone = IsPeerGone(fd); });
      if (gone) return;
      const auto left = end - std::chrono::steady_clock::now();
      stop_signal.wait_for(lock, std::min<std::chrono::nanoseconds>(left, kPeerCheckInterval));
    }
  }

  // What httplib then tries to write goes nowhere.
  void Drop(int remote_port) {
    ForEachConnection(port, remote_port, [](int fd) {
      const linger at_once{1, 0};
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      shutdown(fd, SHUT_RDWR);
    });
  }

  static void Send(Response response, httplib::Response& to) {
    to.status = response.status;
    std::string content_type = "application/json";
    for (const auto& [name, value] : response.headers) {
      if (name == "Content-Type") {
        content_type = value;
      } else {
        to.set_header(name.c_str(), value);
      }
    }
    if (response.disposition == Disposition::kTruncated) {
      to.set_content_provider(response.declared_length, content_type.c_str(),
                              [body = std::move(response.body)](std::size_t offset, std::size_t,
                                                                httplib::DataSink& sink) {
                                if (offset >= body.size())
                                  return false;  // ends the connection before its time
                                return sink.write(body.data() + offset, body.size() - offset);
                              });
    } else if (!response.body.empty()) {
      to.set_content(std::move(response.body), content_type.c_str());
    }
  }
};

Server::Server(Simulator& simulator, const ServerOptions& options, Clock clock)
    : state_(new State{simulator, options, std::move(clock), MakeHttpServer(options)}) {
  httplib::Server& http = *state_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_keep_alive_max_count(1'000'000);
  http.set_keep_alive_timeout(kKeepAliveSeconds);
  http.set_payload_max_length(kPayloadMax);
  http.set_tcp_nodelay(true);
  const auto serve = [state = state_.get()](const httplib::Request& from, httplib::Response& to) {
    state->Serve(from, to);
  };
  http.Get(".*", serve);
  http.Post(".*", serve);
  http.Put(".*", serve);
  http.Patch(".*", serve);
  http.Delete(".*", serve);
  const bool bound = options.port == 0
                         ? (state_->port = http.bind_to_any_port(options.host)) > 0
                         : http.bind_to_port(options.host, state_->port = options.port);
  if (!bound) {
    throw ServerError("cannot listen on " + options.host + ":" + std::to_string(options.port));
  }
}

Server::~Server() { Stop(); }

void Server::Start() {
  state_->thread = std::thread([state = state_.get()] { state->http->listen_after_bind(); });
  // stop() would be lost on a server that does not run yet.
  while (!state_->http->is_running()) std::this_thread::yield();
}

void Server::Stop() {
  if (!state_->thread.joinable()) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->stop_signal.notify_all();
  state_->http->stop();
  // Idle connections would otherwise keep their threads until they time out.
  ForEachConnection(state_->port, std::nullopt, [](int fd) { shutdown(fd, SHUT_RDWR); });
  state_->thread.join();
}

int Server::port() const { return state_->port; }

std::string Server::Url() const {
  return std::string(state_->Scheme()) + "://" + state_->options.host + ":" +
         std::to_string(state_->port);
}

}  // namespace seatkeeper::sim
