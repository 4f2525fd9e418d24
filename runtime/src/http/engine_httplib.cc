// The engine on cpp-httplib: httplib opens the socket, accepts and hands connections to threads.
// Requests and replies are read and written by server_connection.h, because httplib (0.11 to date)
// percent-decodes header values, routes by regular expressions on the decoded path, knows a fixed
// set of methods only, reads chunk sizes leniently and has no limit on the time or size of a head.
#include <fmt/format.h>
#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <vector>

#include "http/endpoint.h"
#include "http/engine.h"
#include "http/peer_watch.h"
#include "http/server_connection.h"
#include "http/tls.h"
#include "http/worker_pool.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"

namespace kratos::http {

namespace {

using std::chrono::milliseconds;

// httplib's view of a WorkerPool, which outlives it.
class TaskQueue final : public httplib::TaskQueue {
 public:
  explicit TaskQueue(WorkerPool& pool) : pool_(pool) {}

  // void in older cpp-httplib, bool in newer.
  using EnqueueResult =
      decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));

  EnqueueResult enqueue(std::function<void()> work) override {
    pool_.Add(std::move(work));
    return static_cast<EnqueueResult>(true);
  }
  void shutdown() override { pool_.Finish(); }

 private:
  WorkerPool& pool_;
};

std::size_t ThreadCount(const Limits& limits) {
  if (limits.threads != 0) return limits.threads;
  return std::max<std::size_t>(8, 2 * std::size_t{std::thread::hardware_concurrency()});
}

class HttplibEngine final : public Engine, private httplib::Server {
 public:
  HttplibEngine(const ServerOptions& options, EngineHandler& handler, std::shared_ptr<SSL_CTX> tls)
      : limits_(options.limits),
        handler_(handler),
        tls_(std::move(tls)),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        pool_(ThreadCount(limits_), limits_.max_queued_connections) {
    new_task_queue = [this] { return new TaskQueue(pool_); };
    // Without SO_REUSEPORT, which httplib would set: two servers on one port must be an error.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
  }

  ~HttplibEngine() override {
    if (const socket_t listening = svr_sock_.exchange(INVALID_SOCKET); listening != INVALID_SOCKET)
      close(listening);
    close(wake_);
  }

  Status Listen(const std::string& host, int port) override {
    // An empty host means every interface, over IPv6 with IPv4 mapped where the system has it.
    const std::vector<std::string> hosts =
        host.empty() ? std::vector<std::string>{"::", "0.0.0.0"} : std::vector{host};
    int error = 0;
    for (const std::string& candidate : hosts) {
      errno = 0;
      if (port == 0) {
        port_ = bind_to_any_port(candidate);
      } else {
        port_ = bind_to_port(candidate, port) ? port : -1;
      }
      if (port_ > 0) return {};
      error = errno;
      if (error == EADDRINUSE || error == EACCES) break;
    }
    port_ = 0;
    return ServiceUnavailable(
        "CANNOT_LISTEN",
        fmt::format("cannot listen on {}: {}", FormatHostPort(host, port),
                    error == 0 ? "the address is not usable" : std::strerror(error)));
  }

  int port() const override { return port_; }

  Status Serve() override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return {};
      serving_ = true;
    }
    const bool ended_well = listen_after_bind();
    {
      const std::lock_guard lock(mutex_);
      serving_ = false;
    }
    changed_.notify_all();
    if (!ended_well && !stopping_)
      return ServiceUnavailable("ACCEPT_FAILED", "the listening socket failed");
    return {};
  }

  bool Stop(milliseconds grace) override {
    std::unique_lock lock(mutex_);
    const bool first = !stopping_.exchange(true);
    const std::uint64_t one = 1;
    if (write(wake_, &one, sizeof one) < 0)
      log::Write(log::Level::kError, "cannot wake idle connections");
    // httplib's stop() does nothing on a server that is about to run: Serve is inside
    // listen_after_bind, and is_running() soon true.
    while (serving_ && !is_running()) changed_.wait_for(lock, milliseconds(1));
    if (first) httplib::Server::stop();
    // Serving goes on until the last connection is closed, those that still wait for a thread
    // included.
    const auto done = [this] { return !serving_; };
    bool drained = true;
    if (grace.count() > 0) {
      drained = changed_.wait_for(lock, grace, done);
    } else {
      changed_.wait(lock, done);
    }
    if (drained) return true;
    cut_off_ = true;
    for (int socket : connections_) shutdown(socket, SHUT_RDWR);
    lock.unlock();
    watch_.CancelAll();
    return false;
  }

 private:
  // Called on a thread of pool_ for each connection.
  bool process_and_close_socket(socket_t socket) override {
    bool serve = WorkerPool::admission() != WorkerPool::Admission::kDrop;
    {
      const std::lock_guard lock(mutex_);
      serve = serve && !cut_off_;
      if (serve) connections_.insert(socket);
    }
    if (serve) ServeConnection(socket);
    const std::lock_guard lock(mutex_);
    connections_.erase(socket);
    close(socket);
    return true;
  }

  void ServeConnection(int socket) {
    ServerConnection connection(socket, {wake_, pool_.waiting_fd()}, limits_);
    if (WorkerPool::admission() == WorkerPool::Admission::kRefuse) {
      if (tls_ == nullptr)
        Refuse(connection, RequestHead(), {503, "every worker is busy and the queue is full"});
      connection.Close(/*linger=*/true);
      return;
    }
    if (tls_ != nullptr && !connection.StartTls(tls_.get())) return;
    std::size_t served = 0;
    bool refused = false;
    while (connection.WaitForRequest()) {
      RequestHead head;
      HeadError error;
      const auto outcome = connection.ReadHead(&head, &error);
      if (outcome == ServerConnection::HeadOutcome::kClosed) break;
      head.request.peer = connection.peer();
      head.request.tls = connection.tls();
      std::optional<HeadError> refusal;
      if (outcome == ServerConnection::HeadOutcome::kError) {
        refusal = std::move(error);
      } else {
        refusal = connection.ReadBody(&head);
      }
      if (refusal) {
        Refuse(connection, head, *refusal);
        refused = true;
        break;
      }
      Response response;
      {
        const PeerWatch::Watched watched(watch_, socket);
        handler_.Serve(head.request, &response, watched.token());
      }
      ++served;
      const bool last =
          limits_.max_requests_per_connection != 0 && served >= limits_.max_requests_per_connection;
      // With others waiting for a thread, nobody keeps one between two requests.
      const bool close =
          last || !head.keep_alive || response.close || stopping_ || pool_.HasWaiting();
      if (!connection.WriteReply(head, response, close) || close) break;
    }
    connection.Close(/*linger=*/refused);
  }

  void Refuse(ServerConnection& connection, const RequestHead& head, const HeadError& why) {
    Response response;
    if (why.status == 503) response.headers.Set("Retry-After", "1");
    handler_.Reject(head.request, why.status, why.message, &response);
    connection.WriteReply(head, response, /*close=*/true);
  }

  const Limits& limits_;
  EngineHandler& handler_;
  const std::shared_ptr<SSL_CTX> tls_;
  const int wake_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  PeerWatch watch_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<int> connections_;  // Being served; a connection is closed and taken out under the lock.
  bool serving_ = false;
  bool cut_off_ = false;

  WorkerPool pool_;
};

}  // namespace

Result<std::unique_ptr<Engine>> MakeHttplibEngine(const ServerOptions& options,
                                                  EngineHandler& handler) {
  std::shared_ptr<SSL_CTX> tls;
  if (options.tls) {
    auto made = MakeServerTls(*options.tls);
    if (!made.ok()) return made.status();
    tls = std::move(*made);
  }
  return std::unique_ptr<Engine>(std::make_unique<HttplibEngine>(options, handler, std::move(tls)));
}

}  // namespace kratos::http
