// The engine on Boost.Asio: a few threads read and write all sockets, and run the calls that have
// been quick so far; others run elsewhere.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "fiber/thread_pool.h"
#include "http/asio/asio_connection.h"
#include "http/asio/io_threads.h"
#include "http/engine.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"

namespace kratos::http {

namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;
using std::chrono::milliseconds;

// How long to wait when the system has no file descriptor left for a connection.
constexpr milliseconds kAcceptPause{50};
// Connections accepted before others get their turn.
constexpr int kAcceptBurst = 64;
constexpr int kLastAccepts = 4096;

std::size_t Cores() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

std::size_t IoLoops(const Limits& limits) {
  return limits.io_threads != 0 ? limits.io_threads : std::max<std::size_t>(1, Cores() / 2);
}

std::size_t CallThreads(const Limits& limits) {
  return limits.threads != 0 ? limits.threads : std::max<std::size_t>(32, 8 * Cores());
}

class AsioEngine final : public Engine {
 public:
  AsioEngine(const ServerOptions& options, std::shared_ptr<SSL_CTX> tls, EngineHandler& handler)
      : limits_(options.limits),
        tls_(std::move(tls)),
        loops_(IoLoops(limits_), limits_.stream_stack_bytes),
        calls_(CallThreads(limits_), limits_.max_queued_calls),
        shared_{limits_,   handler,
                calls_,    closing_,
                stopping_, first_request_grace_,
                draining_, [this] { OnConnectionEnd(); }} {}

  Status Serve(Listener listener) override {
    listener_ = std::move(listener);
    acceptor_.emplace(loops_[0].context(), listener_.Release());
    pause_.emplace(loops_[0].context());
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return {};
      serving_ = true;
    }
    loops_[0].Post([this] { Accept(); });
    loops_.Run();
    acceptor_.reset();
    pause_.reset();
    Listener(std::move(listener_));  // Removes the file of a Unix-domain socket.
    {
      const std::lock_guard lock(mutex_);
      serving_ = false;
    }
    changed_.notify_all();
    return {};
  }

  void CloseAfterReplies() override { closing_ = true; }

  bool Stop(milliseconds grace) override {
    closing_ = true;
    std::unique_lock lock(mutex_);
    if (!stopping_) first_request_grace_ = FirstRequestGrace(grace);
    if (!stopping_.exchange(true)) {
      draining_.request_stop();
      if (serving_) {
        loops_[0].Post([this] {
          // Those that are through to the kernel count as accepted; more may come all the time.
          AcceptPending(kLastAccepts);
          acceptor_->close();
          accepting_ = false;
          EndWhenDone();
        });
        for (std::size_t i = 0; i < loops_.size(); ++i)
          ForConnections(loops_[i], &AsioConnection::OnStop);
      }
    }
    const auto done = [this] { return !serving_; };
    if (grace.count() <= 0) {
      changed_.wait(lock, done);
      return true;
    }
    if (changed_.wait_for(lock, grace, done)) return true;
    for (std::size_t i = 0; i < loops_.size(); ++i)
      ForConnections(loops_[i], &AsioConnection::CutOff);
    return false;
  }

  void ReplaceTls(std::shared_ptr<SSL_CTX> tls) override {
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
  }

 private:
  void ForConnections(IoLoop& loop, void (AsioConnection::*what)()) {
    loop.Post([&loop, what] {
      for (AsioConnection* connection : loop.connections) (connection->*what)();
    });
  }

  // In the first loop, as everything about accepting.
  void Accept() {
    if (!acceptor_->is_open()) return;
    acceptor_->async_wait(stream_descriptor::wait_read, [this](error_code error) {
      if (error) return;
      if (!AcceptPending(kAcceptBurst)) return PauseAccepting();
      Accept();
    });
  }

  // Takes what waits, up to `most`. False when there is no room in this process.
  bool AcceptPending(int most) {
    for (int i = 0; i < most; ++i) {
      const int socket =
          accept4(acceptor_->native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (socket >= 0) {
        Take(socket);
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        return false;
      } else if (errno != EINTR && errno != ECONNABORTED) {
        break;
      }
    }
    return true;
  }

  void PauseAccepting() {
    log::Write(log::Level::kWarn, "no file descriptor for a new connection; trying again soon");
    pause_->expires_after(kAcceptPause);
    pause_->async_wait([this](error_code error) {
      if (!error) Accept();
    });
  }

  void Take(int socket) {
    std::shared_ptr<SSL_CTX> tls;
    {
      const std::lock_guard lock(mutex_);
      tls = tls_;
    }
    const bool room = limits_.max_connections == 0 || connection_count_ < limits_.max_connections;
    if (!room && tls != nullptr) {
      close(socket);
      return;
    }
    ++connection_count_;
    IoLoop& loop = loops_[next_loop_++ % loops_.size()];
    loop.Post([this, &loop, socket, tls = std::move(tls), room]() mutable {
      if (room) {
        AsioConnection::Start(loop, shared_, socket, std::move(tls));
      } else {
        AsioConnection::Refuse(loop, shared_, socket);
      }
    });
  }

  void OnConnectionEnd() {
    --connection_count_;
    if (stopping_) loops_[0].Post([this] { EndWhenDone(); });
  }

  // Ends the loops once nothing is accepted any more and every connection is closed.
  void EndWhenDone() {
    if (accepting_ || connection_count_ != 0) return;
    for (std::size_t i = 0; i < loops_.size(); ++i) loops_[i].context().stop();
  }

  const Limits& limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<SSL_CTX> tls_;
  bool serving_ = false;
  std::atomic<bool> closing_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<milliseconds> first_request_grace_{};
  std::stop_source draining_;
  std::atomic<std::size_t> connection_count_ = 0;

  IoThreads loops_;
  Listener listener_;  // Without its socket: removes the file of a Unix-domain one.
  std::optional<stream_descriptor> acceptor_;
  std::optional<boost::asio::steady_timer> pause_;
  bool accepting_ = true;
  std::size_t next_loop_ = 0;

  // Ends before the loops above, which its calls use.
  fiber::ThreadPool calls_;
  AsioShared shared_;
};

}  // namespace

std::unique_ptr<Engine> MakeAsioEngine(const ServerOptions& options, std::shared_ptr<SSL_CTX> tls,
                                       EngineHandler& handler) {
  return std::make_unique<AsioEngine>(options, std::move(tls), handler);
}

}  // namespace kratos::http
