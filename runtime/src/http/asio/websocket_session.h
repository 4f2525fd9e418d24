// One WebSocket on Beast, for the server's side and the client's.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/asio/transport_stream.h"
#include "http/exchange.h"
#include "http/socket_transport.h"
#include "http/websocket_text_filter.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/stream_options.h"

namespace kratos::http {

/// Why no more messages come from the peer.
struct WebSocketEnd {
  enum class Kind {
    kOpen,      ///< more may come
    kClosed,    ///< a close frame
    kTooLarge,  ///< a message beyond the limit
    kProtocol,  ///< it broke the protocol
    kBroken,    ///< the connection did
  };
  Kind kind = Kind::kOpen;
  /// Of the close frame; 1005 when it had none.
  int code = 0;
  /// Its reason, or what was wrong.
  std::string text{};
};

/// Where a WebSocket's bytes go. `transport` and `descriptor` must outlive the session, which keeps
/// `owner` (may be null).
struct WebSocketEndpoint {
  SocketTransport& transport;
  boost::asio::posix::stream_descriptor& descriptor;
  std::shared_ptr<void> owner;
  /// What the peer has sent already.
  std::string unread;
  WebSocketTextFilter::Start start;
};

/// Everything but the queues happens on the descriptor's I/O thread; members are called on others.
class WebSocketSession : public std::enable_shared_from_this<WebSocketSession> {
 public:
  using Stream = boost::beast::websocket::stream<TransportStream>;
  using Opened = std::function<void(boost::system::error_code)>;
  /// What an end means to the side that uses the session.
  using Words = std::function<Status(const WebSocketEnd& end)>;

  WebSocketSession(WebSocketEndpoint endpoint, boost::beast::role_type role,
                   const WebSocketOptions& options, Words words);

  /// Has `begin`, on the I/O thread, start the handshake, which calls the function it is given;
  /// waits for that. Messages are read from then on.
  boost::system::error_code Open(const std::function<void(Stream&, Opened)>& begin);

  /// As WebSocketPeer has them.
  Result<bool> Receive(const kratos::Context& ctx, WebSocketMessage* message);
  Status Send(const kratos::Context* ctx, bool text, std::string_view data);
  /// Has what is on its way go out, and then a close frame; does not wait.
  void StartClose(int code, std::string_view reason);
  /// Waits a moment for the peer's answer to that.
  void AwaitClose();
  /// Ends everything at once.
  void Abandon();
  /// Waits until the I/O thread has let go of the socket.
  void AwaitIdle();

 private:
  struct Outgoing {
    bool text;
    std::string data;
  };

  void Configure();
  void ConfigureTimes();
  void Post(std::function<void()> task);
  void Read();
  void OnRead(boost::system::error_code error);
  void Write();
  void OnWritten(boost::system::error_code error);
  void MaybeClose();
  void OnEnd(boost::system::error_code error);
  void Done();

  const std::shared_ptr<void> owner_;
  const boost::beast::role_type role_;
  const WebSocketOptions options_;
  const Words words_;
  Stream stream_;
  boost::beast::flat_buffer in_;
  // On the I/O thread only.
  bool reading_ = false;
  bool writing_ = false;
  bool close_sent_ = false;
  bool shut_down_ = false;
  std::size_t operations_ = 0;  // Asynchronous ones that still hold the socket.

  std::mutex mutex_;
  fiber::ConditionVariable changed_;
  std::deque<WebSocketMessage> queue_;
  std::size_t queued_bytes_ = 0;
  std::deque<Outgoing> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::optional<boost::beast::websocket::close_reason> close_wanted_;
  WebSocketEnd end_;  // Whether anything more comes in.
  bool write_failed_ = false;
  bool idle_ = true;  // No asynchronous operation is under way.
};

}  // namespace kratos::http
