#include "tests/support/local_server.h"

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/loopback.h"

namespace seatkeeper::test {
namespace {

void Serve(const LocalServer::Handler& handler, const httplib::Request& in,
           httplib::Response& out) {
  HttpRequest request;
  request.method = in.method;
  request.url = in.path;
  for (const auto& [name, value] : in.headers) request.headers.emplace_back(name, value);
  request.body = in.body;
  const HttpResponse response = handler(request);
  out.status = response.status;
  std::string type = "application/octet-stream";
  for (const auto& [name, value] : response.headers) {
    if (name == "Content-Type") {
      type = value;
    } else {
      out.set_header(name, value);
    }
  }
  out.set_content(response.body, type);
}

}  // namespace

struct LocalServer::Running {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

LocalServer::LocalServer(Handler handler) : running_(std::make_unique<Running>()) {
  const auto serve = [handler = std::move(handler)](const httplib::Request& in,
                                                    httplib::Response& out) {
    Serve(handler, in, out);
  };
  // A connection holds a thread for as long as it is open.
  running_->server.new_task_queue = [] { return new httplib::ThreadPool(32); };
  running_->server.Get(".*", serve);
  running_->server.Post(".*", serve);
  running_->server.Patch(".*", serve);
  running_->port = running_->server.bind_to_any_port("127.0.0.1");
  // The socket listens from here on, so a client may connect before the thread runs.
  running_->thread = std::thread([this] { running_->server.listen_after_bind(); });
}

LocalServer::~LocalServer() {
  while (!running_->server.is_running()) std::this_thread::yield();
  running_->server.stop();
  running_->thread.join();
}

std::string LocalServer::base() const { return "http://127.0.0.1:" + std::to_string(port()); }

int LocalServer::port() const { return running_->port; }

struct RawServer::Running {
  std::string answer;
  Then then;
  int listener = -1;
  int port = 0;
  std::array<int, 2> stop_pipe{};
  std::thread thread;

  bool WaitReadable(int descriptor) const {
    std::array<pollfd, 2> polled{{{descriptor, POLLIN, 0}, {stop_pipe[0], POLLIN, 0}}};
    poll(polled.data(), polled.size(), -1);
    return polled[1].revents == 0;
  }

  void Accept() const {
    std::vector<int> hanging;
    while (WaitReadable(listener)) {
      const int client = accept(listener, nullptr, nullptr);
      if (client < 0) break;
      std::array<char, 4096> buffer{};
      if (!WaitReadable(client) || read(client, buffer.data(), buffer.size()) <= 0) {
        close(client);
        continue;
      }
      if (write(client, answer.data(), answer.size()) < 0) break;
      if (then == Then::kHang) {
        hanging.push_back(client);
        continue;
      }
      const linger reset{1, 0};
      if (then == Then::kReset) setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      close(client);
    }
    for (const int client : hanging) close(client);
  }
};

RawServer::RawServer(std::string answer, Then then) : running_(std::make_unique<Running>()) {
  running_->answer = std::move(answer);
  running_->then = then;
  std::tie(running_->listener, running_->port) = BindLoopback();
  listen(running_->listener, 16);
  if (pipe(running_->stop_pipe.data()) != 0) std::abort();
  running_->thread = std::thread([this] { running_->Accept(); });
}

RawServer::~RawServer() {
  if (write(running_->stop_pipe[1], "x", 1) != 1) std::abort();
  running_->thread.join();
  close(running_->listener);
  close(running_->stop_pipe[0]);
  close(running_->stop_pipe[1]);
}

std::string RawServer::base() const { return "http://127.0.0.1:" + std::to_string(port()); }

int RawServer::port() const { return running_->port; }

int ClosedPort() {
  const auto [descriptor, port] = BindLoopback();
  close(descriptor);
  return port;
}

}  // namespace seatkeeper::test
