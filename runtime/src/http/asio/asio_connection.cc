#include "http/asio/asio_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "fiber/fiber.h"
#include "fiber/parker.h"
#include "http/asio/websocket_peer_asio.h"

namespace kratos::http {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;
using std::chrono::milliseconds;

AsioConnection::AsioConnection(IoThread& thread, AsioShared& shared, int socket,
                               std::shared_ptr<SSL_CTX> tls)
    : thread_(thread),
      shared_(shared),
      descriptor_(thread.context(), socket),
      timer_(thread.context()),
      tls_(std::move(tls)),
      transport_(socket),
      connection_(transport_, *this, shared.limits) {}

std::shared_ptr<AsioConnection> AsioConnection::Make(IoThread& thread, AsioShared& shared,
                                                     int socket, std::shared_ptr<SSL_CTX> tls) {
  auto connection = std::make_shared<AsioConnection>(thread, shared, socket, std::move(tls));
  connection->self_ = connection;
  thread.connections.insert(connection.get());
  return connection;
}

void AsioConnection::Start(IoThread& thread, AsioShared& shared, int socket,
                           std::shared_ptr<SSL_CTX> tls) {
  const auto connection = Make(thread, shared, socket, std::move(tls));
  thread.WatchHangup(socket, *connection);
  connection->Idle();
}

void AsioConnection::Refuse(IoThread& thread, AsioShared& shared, int socket) {
  const auto connection = Make(thread, shared, socket, nullptr);
  fiber::Fiber::StartHere(
      thread, shared.limits.stream_stack_bytes, [connection = connection.get()] {
        RefuseConnection(connection->connection_, "too many connections are open",
                         connection->shared_.handler);
        connection->End();
      });
}

void AsioConnection::End() {
  timer_.cancel();
  descriptor_.close();
  thread_.connections.erase(this);
  // The fiber that is here may still be on its way out.
  boost::asio::post(thread_.context(), [this] {
    const auto ended = shared_.ended;
    self_.reset();
    ended();
  });
}

// In a server that stops: whether a request has come, or a first one may.
bool AsioConnection::MayStillAsk() const {
  if (requests_ == 0 && Clock::now() < accepted_ + shared_.first_request_grace.load()) return true;
  pollfd entry{transport_.socket(), POLLIN | POLLRDHUP, 0};
  return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLERR | POLLHUP | POLLRDHUP)) == 0;
}

// Between two requests.
void AsioConnection::Idle() {
  if (shared_.stopping && !MayStillAsk()) return End();
  connection_.Rest();
  idle_ = true;
  milliseconds limit = shared_.limits.idle_timeout;
  if (requests_ == 0 && shared_.limits.read_timeout.count() > 0 &&
      (limit.count() <= 0 || shared_.limits.read_timeout < limit)) {
    limit = shared_.limits.read_timeout;
  }
  if (shared_.stopping) limit = shared_.first_request_grace;
  SetDeadline(limit);
  descriptor_.async_wait(stream_descriptor::wait_read, [this, self = self_](error_code error) {
    idle_ = false;
    deadline_ = Clock::time_point::max();
    if (error) return End();
    fiber::Fiber::StartHere(thread_, shared_.limits.stream_stack_bytes, [this] { Serve(); });
  });
}

void AsioConnection::Serve() {
  if (tls_ != nullptr && !connection_.tls() &&
      !(transport_.BeginTls(tls_.get()) && connection_.Handshake()))
    return End();
  auto afterwards = Afterwards::kKeep;
  do {
    afterwards = ServeRequest(connection_, shared_.limits, requests_++, shared_.handler, *this);
  } while (afterwards == Afterwards::kKeep && connection_.HasUnread());
  if (afterwards == Afterwards::kKeep && (!shared_.stopping || MayStillAsk())) return Idle();
  connection_.Close(afterwards == Afterwards::kLinger);
  End();
}

void AsioConnection::OnHangup() {
  hung_up_ = true;
  if (call_ != nullptr) call_->request_stop();
}

void AsioConnection::OnStop() {
  if (!idle_) return;
  if (!MayStillAsk()) {
    descriptor_.cancel();
  } else {
    SetDeadline(shared_.first_request_grace);
  }
}

void AsioConnection::CutOff() {
  cut_off_ = true;
  if (call_ != nullptr) call_->request_stop();
  shutdown(descriptor_.native_handle(), SHUT_RDWR);
}

bool AsioConnection::Run(CallPlan::Run how, const std::function<void()>& call) {
  if (how == CallPlan::Run::kInline) {
    call();
    return true;
  }
  fiber::Parker done;
  const auto run = [&call, &done] {
    call();
    done.Unpark();
  };
  const auto start = [this, how, &run] {
    if (how == CallPlan::Run::kWorker) return run();
    fiber::Fiber::StartHere(shared_.calls, shared_.limits.stream_stack_bytes, [&run] { run(); });
  };
  // So little that std::function needs no memory for it.
  const bool posted = shared_.calls.TryPost([&start] { start(); });
  if (posted) done.Park();
  return posted;
}

void AsioConnection::WatchPeer(std::stop_source* source) {
  call_ = source;
  if (call_ != nullptr && (hung_up_ || cut_off_)) call_->request_stop();
}

SocketWaiter::Ready AsioConnection::WaitReadable(milliseconds timeout) {
  return Wait(stream_descriptor::wait_read, timeout);
}

SocketWaiter::Ready AsioConnection::WaitWritable(milliseconds timeout) {
  return Wait(stream_descriptor::wait_write, timeout);
}

// Called by the connection's own fiber, or by the call that runs on another thread.
SocketWaiter::Ready AsioConnection::Wait(WaitType type, milliseconds timeout) {
  fiber::Parker parker;
  auto ready = Ready::kEnded;
  const auto begin = [&, this] {
    SetDeadline(timeout);
    descriptor_.async_wait(type, [&, this, self = self_](error_code error) {
      deadline_ = Clock::time_point::max();
      ready = !error ? Ready::kReady : timed_out_ ? Ready::kTimedOut : Ready::kEnded;
      parker.Unpark();
    });
  };
  if (thread_.OnThisThread()) {
    begin();
  } else {
    boost::asio::post(thread_.context(), begin);
  }
  parker.Park();
  return ready;
}

// Sets how long the wait that begins now may take. The timer is left as it is when it is due
// earlier: it looks at the deadline and starts again.
void AsioConnection::SetDeadline(milliseconds timeout) {
  timed_out_ = false;
  if (timeout.count() <= 0) {
    deadline_ = Clock::time_point::max();
    return;
  }
  deadline_ = Clock::now() + timeout;
  if (!timer_armed_ || timer_.expiry() > deadline_) ArmTimer();
}

void AsioConnection::ArmTimer() {
  timer_.expires_at(deadline_);
  timer_armed_ = true;
  timer_.async_wait([this, self = self_](error_code error) {
    if (error || !descriptor_.is_open()) return;  // Armed anew, or the end.
    timer_armed_ = false;
    if (deadline_ == Clock::time_point::max()) return;
    if (Clock::now() < deadline_) return ArmTimer();
    timed_out_ = true;
    descriptor_.cancel();
  });
}

Result<std::unique_ptr<WebSocketPeer>> AsioConnection::AcceptWebSocket(
    ServerConnection& connection, const Request& request, const Response& response,
    const WebSocketOptions& options, std::string_view subprotocol) {
  return AcceptWebSocketOn({transport_, descriptor_, connection.TakeUnread()}, request, response,
                           options, subprotocol);
}

}  // namespace kratos::http
