#include "http/asio/asio_connection.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "fiber/fiber.h"
#include "fiber/parker.h"
#include "fiber/thread_usage.h"
#include "http/asio/websocket_peer_asio.h"

namespace kratos::http {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;
using std::chrono::milliseconds;

AsioConnection::AsioConnection(IoLoop& loop, AsioShared& shared, int socket,
                               std::shared_ptr<SSL_CTX> tls)
    : loop_(loop),
      shared_(shared),
      timer_(loop.context()),
      tls_(std::move(tls)),
      transport_(socket),
      connection_(transport_, *this, shared.limits) {}

std::shared_ptr<AsioConnection> AsioConnection::Make(IoLoop& loop, AsioShared& shared, int socket,
                                                     std::shared_ptr<SSL_CTX> tls) {
  auto connection = std::make_shared<AsioConnection>(loop, shared, socket, std::move(tls));
  connection->self_ = connection;
  loop.connections.insert(connection.get());
  return connection;
}

void AsioConnection::Start(IoLoop& loop, AsioShared& shared, int socket,
                           std::shared_ptr<SSL_CTX> tls) {
  const auto connection = Make(loop, shared, socket, std::move(tls));
  loop.Watch(socket, *connection);
  connection->Idle();
}

void AsioConnection::Refuse(IoLoop& loop, AsioShared& shared, int socket) {
  const auto connection = Make(loop, shared, socket, nullptr);
  fiber::Fiber::StartHere(loop, shared.limits.stream_stack_bytes, [connection = connection.get()] {
    RefuseConnection(connection->connection_, "too many connections are open",
                     connection->shared_.handler);
    connection->End();
  });
}

void AsioConnection::End() {
  timer_.cancel();
  if (descriptor_) {
    descriptor_->close();
  } else {
    close(transport_.socket());
  }
  idle_ = false;
  ended_ = true;
  loop_.connections.erase(this);
  // The fiber that is here may still be on its way out.
  boost::asio::post(loop_.context(), [this] {
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

// Has Asio wait for the socket from now on.
stream_descriptor& AsioConnection::Descriptor() {
  if (!descriptor_) {
    loop_.WatchHangup(transport_.socket(), *this);
    descriptor_.emplace(loop_.context(), transport_.socket());
  }
  return *descriptor_;
}

// Between two requests.
void AsioConnection::Idle() {
  if (shared_.stopping && !MayStillAsk()) return End();
  connection_.Rest();
  milliseconds limit = shared_.limits.idle_timeout;
  if (requests_ == 0 && shared_.limits.read_timeout.count() > 0 &&
      (limit.count() <= 0 || shared_.limits.read_timeout < limit)) {
    limit = shared_.limits.read_timeout;
  }
  if (shared_.stopping) limit = shared_.first_request_grace;
  const Clock::time_point now = just_now_ ? *just_now_ : Clock::now();
  just_now_.reset();
  SetDeadline(limit, now);
  WaitForRequest();
}

void AsioConnection::WaitForRequest() {
  idle_ = true;
  if (descriptor_) {
    descriptor_->async_wait(stream_descriptor::wait_read, [this, self = self_](error_code error) {
      if (error) return End();
      idle_ = false;
      fiber::Fiber::StartHere(loop_, shared_.limits.stream_stack_bytes, [this] { Serve(); });
    });
  } else if (std::exchange(has_come_, false) || hung_up_ || connection_.MayHaveMore()) {
    // What was told while a request was served, or with it, has perhaps been read by now. The end
    // that follows a hangup is told once only.
    loop_.WatchAgain(transport_.socket(), *this);
  }
}

void AsioConnection::Serve() {
  const auto idle_deadline = std::exchange(deadline_, Clock::time_point::max());
  if (tls_ != nullptr && !connection_.tls()) {
    Descriptor();
    if (!transport_.BeginTls(tls_.get()) || !connection_.Handshake()) return End();
  }
  if (!descriptor_ && !connection_.FillReady()) {
    // It was read with the request before; the time without one goes on.
    deadline_ = idle_deadline;
    connection_.Rest();
    return WaitForRequest();
  }
  auto afterwards = Afterwards::kKeep;
  do {
    afterwards = ServeRequest(connection_, shared_.limits, requests_++, shared_.handler, *this);
  } while (afterwards == Afterwards::kKeep && connection_.HasUnread());
  if (afterwards == Afterwards::kKeep && (!shared_.stopping || MayStillAsk())) return Idle();
  connection_.Close(afterwards == Afterwards::kLinger);
  End();
}

void AsioConnection::OnEvents(std::uint32_t events) {
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    hung_up_ = true;
    peer_gone_.request_stop();
  }
  if (descriptor_) return;
  if (idle_) {
    idle_ = false;
    Serve();
  } else {
    has_come_ = true;
  }
}

void AsioConnection::OnStop() {
  if (!idle_) return;
  if (MayStillAsk()) {
    SetDeadline(shared_.first_request_grace);
  } else if (descriptor_) {
    descriptor_->cancel();
  } else {
    boost::asio::post(loop_.context(), [this, self = self_] {
      if (idle_) End();
    });
  }
}

void AsioConnection::CutOff() {
  cut_off_ = true;
  peer_gone_.request_stop();
  shutdown(transport_.socket(), SHUT_RDWR);
}

bool AsioConnection::Run(const Exchange& exchange, const std::function<void()>& call) {
  just_now_.reset();
  const CallPlan& plan = exchange.plan;
  if (plan.run == CallPlan::Run::kInline) {
    call();
    return true;
  }
  const bool quick =
      plan.run == CallPlan::Run::kWorker && plan.pace != nullptr && plan.pace->MayStay();
  if (!quick || !shared_.calls.Enter()) return RunElsewhere(exchange, call);
  RunHere(exchange, call);
  return true;
}

// On the stack of the thread in charge, which has more room than the fiber's.
void AsioConnection::RunHere(const Exchange& exchange, const std::function<void()>& call) {
  const auto run = [&] {
    CallPace& pace = *exchange.plan.pace;
    const bool still_in_charge = loop_.RunCall(call);
    if (still_in_charge) {
      just_now_ = Clock::now();
      pace.RecordHere(*just_now_ - exchange.began, exchange.response.body.size());
    } else {
      pace.RecordHeldUp();
    }
    shared_.calls.Leave();
    return still_in_charge;
  };
  // So little that std::function needs no memory for it.
  fiber::Fiber::Current()->StepOut([&run] { return run(); });
}

// False when there is no room.
bool AsioConnection::RunElsewhere(const Exchange& exchange, const std::function<void()>& call) {
  fiber::Parker done;
  CallPace* const pace = exchange.plan.pace;
  const bool worker = exchange.plan.run == CallPlan::Run::kWorker;
  const auto run = [&] {
    std::optional<fiber::ThreadUsage> usage;
    if (worker && pace != nullptr) usage.emplace();
    call();
    if (usage) pace->RecordElsewhere(usage->Elapsed(), exchange.response.body.size());
    done.Unpark();
  };
  const auto start = [&] {
    if (worker) return run();
    fiber::Fiber::StartHere(shared_.calls, shared_.limits.stream_stack_bytes, [&run] { run(); });
  };
  // So little that std::function needs no memory for it.
  const bool posted = shared_.calls.TryPost([&start] { start(); });
  if (posted) done.Park();
  return posted;
}

std::stop_token AsioConnection::WatchPeer() {
  if (!peer_gone_.stop_possible()) {
    peer_gone_ = std::stop_source();
    if (hung_up_ || cut_off_) peer_gone_.request_stop();
  }
  return peer_gone_.get_token();
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
    just_now_.reset();
    SetDeadline(timeout);
    Descriptor().async_wait(type, [&, this, self = self_](error_code error) {
      deadline_ = Clock::time_point::max();
      ready = !error ? Ready::kReady : timed_out_ ? Ready::kTimedOut : Ready::kEnded;
      parker.Unpark();
    });
  };
  if (loop_.InCharge()) {
    begin();
  } else {
    boost::asio::post(loop_.context(), begin);
  }
  parker.Park();
  return ready;
}

// Sets how long the wait that begins now may take. The timer is left as it is when it is due
// earlier: it looks at the deadline and starts again.
void AsioConnection::SetDeadline(milliseconds timeout, Clock::time_point now) {
  timed_out_ = false;
  if (timeout.count() <= 0) {
    deadline_ = Clock::time_point::max();
    return;
  }
  deadline_ = now + timeout;
  if (!timer_armed_ || timer_.expiry() > deadline_) ArmTimer();
}

void AsioConnection::ArmTimer() {
  timer_.expires_at(deadline_);
  timer_armed_ = true;
  timer_.async_wait([this, self = self_](error_code error) {
    if (error || ended_) return;  // Armed anew, or the end.
    timer_armed_ = false;
    if (deadline_ == Clock::time_point::max()) return;
    if (Clock::now() < deadline_) return ArmTimer();
    timed_out_ = true;
    if (descriptor_) {
      descriptor_->cancel();
    } else if (idle_) {
      End();
    }
  });
}

Result<std::unique_ptr<WebSocketPeer>> AsioConnection::AcceptWebSocket(
    ServerConnection& connection, const Request& request, const Response& response,
    const WebSocketOptions& options, std::string_view subprotocol) {
  if (loop_.InCharge()) {
    Descriptor();
  } else {
    fiber::Parker done;
    boost::asio::post(loop_.context(), [&] {
      Descriptor();
      done.Unpark();
    });
    done.Park();
  }
  return AcceptWebSocketOn({transport_, *descriptor_, connection.TakeUnread()}, request, response,
                           options, subprotocol);
}

}  // namespace kratos::http
