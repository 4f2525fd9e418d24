// One connection of the asio engine.
#pragma once

#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "fiber/thread_pool.h"
#include "http/asio/io_loop.h"
#include "http/request_loop.h"
#include "http/server_connection.h"
#include "http/socket_transport.h"
#include "http/socket_waiter.h"

namespace kratos::http {

/// What the connections of one engine share; outlives them.
struct AsioShared {
  const Limits& limits;
  EngineHandler& handler;
  fiber::ThreadPool& calls;
  /// Every reply closes its connection.
  std::atomic<bool>& closing;
  std::atomic<bool>& stopping;
  /// Set before `stopping`.
  const std::atomic<std::chrono::milliseconds>& first_request_grace;
  const std::stop_source& draining;
  /// Called by the thread in charge of the connection's loop when it has ended.
  std::function<void()> ended;
};

/// Belongs to one IoLoop and lives there, while idle as memory alone: no thread, no stack, no
/// buffer. When something comes, a fiber serves requests until nothing more is there. It owns
/// itself from Start to its end; handlers that asio still has to call keep it a little longer.
///
/// The loop tells it what has come, without a system call for each request. Once it has to wait in
/// the middle of a request or a reply it has Asio wait for it, and from then on always.
class AsioConnection final : public std::enable_shared_from_this<AsioConnection>,
                             public SocketWaiter,
                             private CallHost {
 public:
  AsioConnection(IoLoop& loop, AsioShared& shared, int socket, std::shared_ptr<SSL_CTX> tls);

  /// Takes the accepted socket; `tls` null: plain. Made and used in `loop`.
  static void Start(IoLoop& loop, AsioShared& shared, int socket, std::shared_ptr<SSL_CTX> tls);
  /// Answers 503 and closes.
  static void Refuse(IoLoop& loop, AsioShared& shared, int socket);

  /// What the loop was told about the socket: EPOLLIN, EPOLLRDHUP, ... In a fiber of the loop's,
  /// which this may have wait.
  void OnEvents(std::uint32_t events);
  /// The server stops: ends the connection unless a request may still come. A busy one sees to it
  /// itself.
  void OnStop();
  /// Cancels what runs and breaks the connection.
  void CutOff();

  Ready WaitReadable(std::chrono::milliseconds timeout) override;
  Ready WaitWritable(std::chrono::milliseconds timeout) override;

 private:
  using Clock = std::chrono::steady_clock;
  using WaitType = boost::asio::posix::stream_descriptor::wait_type;

  bool MayStillAsk() const;
  void Idle();
  void WaitForRequest();
  void Serve();
  void End();
  boost::asio::posix::stream_descriptor& Descriptor();
  Ready Wait(WaitType type, std::chrono::milliseconds timeout);
  void SetDeadline(std::chrono::milliseconds timeout, Clock::time_point now = Clock::now());
  void ArmTimer();
  void RunHere(const Exchange& exchange, const std::function<void()>& call);
  bool RunElsewhere(const Exchange& exchange, const std::function<void()>& call);

  // CallHost
  bool Run(const Exchange& exchange, const std::function<void()>& call) override;
  std::stop_token WatchPeer() override;
  void UnwatchPeer() override {}
  std::stop_token draining() const override { return shared_.draining.get_token(); }
  fiber::Executor& executor() override { return shared_.calls; }
  bool closing() const override { return shared_.closing; }
  Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocket(ServerConnection& connection,
                                                         const Request& request,
                                                         const Response& response,
                                                         const WebSocketOptions& options,
                                                         std::string_view subprotocol) override;

  static std::shared_ptr<AsioConnection> Make(IoLoop& loop, AsioShared& shared, int socket,
                                              std::shared_ptr<SSL_CTX> tls);

  std::shared_ptr<AsioConnection> self_;
  IoLoop& loop_;
  AsioShared& shared_;
  std::optional<boost::asio::posix::stream_descriptor> descriptor_;  // Once Asio waits for it.
  boost::asio::steady_timer timer_;
  std::shared_ptr<SSL_CTX> tls_;
  SocketTransport transport_;
  ServerConnection connection_;
  std::size_t requests_ = 0;
  const Clock::time_point accepted_ = Clock::now();

  Clock::time_point deadline_ = Clock::time_point::max();
  // When the last call ended, if nothing was waited for since.
  std::optional<Clock::time_point> just_now_;
  bool timer_armed_ = false;
  bool timed_out_ = false;  // The present wait was ended by the timer.
  bool idle_ = false;
  bool has_come_ = false;  // Something, while it was not idle.
  bool ended_ = false;
  bool hung_up_ = false;
  bool cut_off_ = false;
  std::stop_source peer_gone_{std::nostopstate};  // Made for the first call that asks.
};

}  // namespace kratos::http
