// The engine on cpp-httplib: httplib accepts and hands connections to threads. Requests and replies
// are read and written by server_connection.h, because httplib (0.11 to date)
// percent-decodes header values, routes by regular expressions on the decoded path, knows a fixed
// set of methods only, reads chunk sizes leniently and has no limit on the time or size of a head.
#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
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
#include <thread>
#include <vector>

#include "fiber/thread_pool.h"
#include "http/engine.h"
#include "http/peer_watch.h"
#include "http/poll_waiter.h"
#include "http/request_loop.h"
#include "http/server_connection.h"
#include "http/socket_transport.h"
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
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        tls_(std::move(tls)),
        pool_(ThreadCount(limits_), limits_.max_queued_connections) {
    new_task_queue = [this] { return new TaskQueue(pool_); };
  }

  ~HttplibEngine() override {
    if (const socket_t listening = svr_sock_.exchange(INVALID_SOCKET); listening != INVALID_SOCKET)
      close(listening);
    close(wake_);
  }

  Status Serve(Listener listener) override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return {};
      serving_ = true;
      inherited_ = listener.inherited();
    }
    const bool ended_well = inherited_ ? AcceptInherited(listener) : Accept(std::move(listener));
    {
      const std::lock_guard lock(mutex_);
      serving_ = false;
    }
    changed_.notify_all();
    if (!ended_well && !stopping_)
      return ServiceUnavailable("ACCEPT_FAILED", "the listening socket failed");
    return {};
  }

  void ReplaceTls(std::shared_ptr<SSL_CTX> tls) override {
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
  }

  void CloseAfterReplies() override { closing_ = true; }

  bool Stop(milliseconds grace) override {
    std::unique_lock lock(mutex_);
    if (!stopping_) first_request_grace_ = FirstRequestGrace(grace);
    const bool first = !stopping_.exchange(true);
    closing_ = true;
    draining_.request_stop();
    const std::uint64_t one = 1;
    if (write(wake_, &one, sizeof one) < 0)
      log::Write(log::Level::kError, "cannot wake idle connections");
    // httplib's stop() does nothing on a server that is about to run: Serve is inside
    // listen_after_bind, and is_running() soon true.
    while (serving_ && !inherited_ && !is_running()) changed_.wait_for(lock, milliseconds(1));
    if (first && !inherited_) httplib::Server::stop();
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
  bool Accept(Listener listener) {
    // httplib would ask a socket that does not block again and again.
    fcntl(listener.socket(), F_SETFL, fcntl(listener.socket(), F_GETFL) & ~O_NONBLOCK);
    svr_sock_ = listener.Release();  // httplib closes it.
    return listen_after_bind();
  }

  // httplib ends by shutting the socket down, for every process that has it.
  bool AcceptInherited(const Listener& listener) {
    bool ended_well = true;
    while (!stopping_ && ended_well) {
      pollfd entries[] = {{listener.socket(), POLLIN, 0}, {wake_, POLLIN, 0}};
      ended_well = poll(entries, 2, -1) >= 0 || errno == EINTR;
      if (!ended_well || entries[0].revents == 0) continue;
      const int socket = accept4(listener.socket(), nullptr, nullptr, SOCK_CLOEXEC);
      if (socket >= 0) {
        pool_.Add([this, socket] { process_and_close_socket(socket); });
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        std::this_thread::sleep_for(milliseconds(1));  // As httplib does.
      }
    }
    pool_.Finish();
    return ended_well;
  }

  // The calls of a connection, which has this thread to itself.
  class Host final : public CallHost {
   public:
    Host(HttplibEngine& engine, int socket) : engine_(engine), socket_(socket) {}

    bool Run(const Exchange&, const std::function<void()>& call) override {
      call();
      return true;
    }
    std::stop_token WatchPeer() override {
      watched_.emplace(engine_.watch_, socket_, peer_gone_);
      return peer_gone_.get_token();
    }
    void UnwatchPeer() override { watched_.reset(); }
    std::stop_token draining() const override { return engine_.draining_.get_token(); }
    fiber::Executor& executor() override { return fiber::BlockingPool(); }
    // With others waiting for a thread, nobody keeps one between two requests.
    bool closing() const override { return engine_.closing_ || engine_.pool_.HasWaiting(); }
    Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocket(ServerConnection&, const Request&,
                                                           const Response&, const WebSocketOptions&,
                                                           std::string_view) override {
      return NotImplemented(kReasonUnimplemented, "the engine httplib has no WebSockets");
    }

   private:
    HttplibEngine& engine_;
    const int socket_;
    std::stop_source peer_gone_;
    std::optional<PeerWatch::Watched> watched_;
  };

  // Called on a thread of pool_ for each connection.
  bool process_and_close_socket(socket_t socket) override {
    bool serve = WorkerPool::admission() != WorkerPool::Admission::kDrop;
    std::shared_ptr<SSL_CTX> tls;
    {
      const std::lock_guard lock(mutex_);
      serve = serve && !cut_off_;
      if (serve) connections_.insert(socket);
      tls = tls_;
    }
    if (serve) ServeConnection(socket, tls.get());
    const std::lock_guard lock(mutex_);
    connections_.erase(socket);
    close(socket);
    return true;
  }

  void ServeConnection(int socket, SSL_CTX* tls) {
    PollWaiter waiter(socket, {wake_, pool_.waiting_fd(), &first_request_grace_}, limits_);
    SocketTransport transport(socket);
    ServerConnection connection(transport, waiter, limits_);
    if (WorkerPool::admission() == WorkerPool::Admission::kRefuse) {
      if (tls != nullptr) return connection.Close(/*linger=*/true);
      return RefuseConnection(connection, "every worker is busy and the queue is full", handler_);
    }
    if (tls != nullptr && !(transport.BeginTls(tls) && connection.Handshake())) return;
    Host host(*this, socket);
    Afterwards afterwards = Afterwards::kKeep;
    for (std::size_t count = 0; afterwards == Afterwards::kKeep; ++count) {
      if (!connection.HasUnread() && !waiter.WaitForRequest()) break;
      afterwards = ServeRequest(connection, limits_, count, handler_, host);
    }
    connection.Close(afterwards == Afterwards::kLinger);
  }

  const Limits& limits_;
  EngineHandler& handler_;
  const int wake_;
  std::atomic<bool> closing_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<milliseconds> first_request_grace_{};
  std::stop_source draining_;
  PeerWatch watch_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<int> connections_;  // Being served; a connection is closed and taken out under the lock.
  bool serving_ = false;
  bool inherited_ = false;
  bool cut_off_ = false;
  std::shared_ptr<SSL_CTX> tls_;

  WorkerPool pool_;
};

}  // namespace

std::unique_ptr<Engine> MakeHttplibEngine(const ServerOptions& options,
                                          std::shared_ptr<SSL_CTX> tls, EngineHandler& handler) {
  return std::make_unique<HttplibEngine>(options, handler, std::move(tls));
}

}  // namespace kratos::http
