#include "http/asio/websocket_peer_asio.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "fiber/parker.h"
#include "http/asio/transport_stream.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"

namespace kratos::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

// Messages that have come and were not received yet; more are left to the peer's own buffers.
constexpr std::size_t kMaxQueuedMessages = 16;
constexpr std::size_t kMaxQueuedBytes = 64 * 1024;

// The socket's side: everything but the queues happens on the I/O thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(WebSocketSocket socket, const WebSocketOptions& options)
      : thread_(socket.thread),
        options_(options),
        stream_(socket.transport, socket.descriptor, std::move(socket.unread)) {}

  Status Accept(const Request& request, const Response& response, std::string_view subprotocol);
  Result<bool> Receive(const kratos::Context& ctx, WebSocketMessage* message);
  Status Send(const kratos::Context* ctx, bool text, std::string_view data);
  void Close(int code, std::string_view reason);
  /// Ends everything; returns when the I/O thread has let go of the socket.
  void Shutdown();

 private:
  struct Outgoing {
    bool text;
    std::string data;
  };

  void Configure();
  void Read();
  void OnRead(error_code error);
  void Write();
  void MaybeClose();
  void OnEnd(error_code error);
  Status EndedStatus() const;
  void Done();

  IoThread& thread_;
  const WebSocketOptions options_;
  websocket::stream<TransportStream> stream_;
  beast::flat_buffer in_;
  // On the I/O thread only.
  bool reading_ = false;
  bool writing_ = false;
  bool close_sent_ = false;
  std::size_t operations_ = 0;  // Asynchronous ones that still hold the socket.

  mutable std::mutex mutex_;
  fiber::ConditionVariable changed_;
  std::deque<WebSocketMessage> queue_;
  std::size_t queued_bytes_ = 0;
  std::deque<Outgoing> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::optional<websocket::close_reason> close_wanted_;
  bool ended_ = false;  // Nothing more comes in.
  bool write_failed_ = false;
  bool shut_down_ = false;
  bool idle_ = true;  // No asynchronous operation is under way.
  error_code end_;
  websocket::close_code peer_code_ = websocket::close_code::none;
  std::string peer_reason_;
};

void Session::Configure() {
  websocket::stream_base::timeout timeout{};
  timeout.idle_timeout = websocket::stream_base::none();
  timeout.keep_alive_pings = false;
  if (options_.ping_interval.count() > 0) {
    // Beast pings after half of the idle time, and gives up after all of it.
    timeout.idle_timeout = 2 * options_.ping_interval;
    timeout.keep_alive_pings = true;
  }
  // Bounds the wait for the end of the close handshake.
  timeout.handshake_timeout =
      std::max<std::chrono::milliseconds>(options_.close_timeout, std::chrono::milliseconds(1));
  stream_.set_option(timeout);
  websocket::permessage_deflate deflate;
  deflate.server_enable = options_.compress;
  stream_.set_option(deflate);
  stream_.read_message_max(options_.max_message_bytes);
  stream_.auto_fragment(false);
}

Status Session::Accept(const Request& request, const Response& response,
                       std::string_view subprotocol) {
  beast::http::request<beast::http::string_body> handshake;
  handshake.method_string(request.method);
  handshake.target(request.target);
  handshake.version(11);
  for (const auto& [name, value] : request.headers) handshake.insert(name, value);
  stream_.set_option(websocket::stream_base::decorator([&](websocket::response_type& reply) {
    for (const auto& [name, value] : response.headers) {
      if (!EqualsIgnoreCase(name, "Connection") && !EqualsIgnoreCase(name, "Upgrade"))
        reply.insert(name, value);
    }
    if (!subprotocol.empty()) reply.set("Sec-WebSocket-Protocol", subprotocol);
  }));
  fiber::Parker done;
  error_code result;
  asio::post(thread_.context(), [&, self = shared_from_this()] {
    Configure();
    ++operations_;
    stream_.async_accept(handshake, [&, self](error_code error) {
      --operations_;
      result = error;
      if (error) {
        Done();
      } else {
        const std::lock_guard lock(mutex_);
        idle_ = false;
      }
      if (!error) Read();
      done.Unpark();
    });
  });
  done.Park();
  if (!result) return {};
  if (result.category() == make_error_code(websocket::error::upgrade_declined).category())
    return BadRequest(kReasonCodec, "the WebSocket handshake is malformed: " + result.message());
  return ClientClosed(kReasonCanceled, "the client has gone");
}

void Session::Read() {
  if (reading_ || shut_down_) return;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || queue_.size() >= kMaxQueuedMessages || queued_bytes_ >= kMaxQueuedBytes) return;
  }
  reading_ = true;
  ++operations_;
  stream_.async_read(in_, [self = shared_from_this()](error_code error, std::size_t) {
    --self->operations_;
    self->reading_ = false;
    self->OnRead(error);
  });
}

void Session::OnRead(error_code error) {
  if (error) return OnEnd(error);
  {
    const std::lock_guard lock(mutex_);
    WebSocketMessage message;
    message.text = stream_.got_text();
    message.data = beast::buffers_to_string(in_.data());
    queued_bytes_ += message.data.size();
    queue_.push_back(std::move(message));
  }
  in_.consume(in_.size());
  if (in_.capacity() > kMaxQueuedBytes) in_.shrink_to_fit();
  changed_.NotifyAll();
  Read();
}

void Session::OnEnd(error_code error) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    end_ = error;
    if (error == websocket::error::closed) {
      peer_code_ = static_cast<websocket::close_code>(stream_.reason().code);
      peer_reason_.assign(stream_.reason().reason.data(), stream_.reason().reason.size());
    }
  }
  changed_.NotifyAll();
  Done();
}

void Session::Done() {
  if (operations_ != 0) return;
  {
    const std::lock_guard lock(mutex_);
    idle_ = true;
  }
  changed_.NotifyAll();
}

Status Session::EndedStatus() const {
  if (end_ == websocket::error::message_too_big)
    return Error(413, kReasonTooLarge, "a WebSocket message is too long");
  if (end_ == websocket::error::closed) {
    return ClientClosed(kReasonCanceled, "the client closed the WebSocket with code " +
                                             std::to_string(static_cast<int>(peer_code_)));
  }
  if (end_.category() == make_error_code(websocket::error::closed).category())
    return BadRequest(kReasonCodec, "the client broke the WebSocket protocol: " + end_.message());
  return ClientClosed(kReasonCanceled, "the client has gone");
}

Result<bool> Session::Receive(const kratos::Context& ctx, WebSocketMessage* message) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return !queue_.empty() || ended_; };
  if (Status status = changed_.Wait(lock, ctx, ready); !status.ok()) return status;
  if (queue_.empty()) {
    const auto code = static_cast<unsigned>(peer_code_);
    if (end_ == websocket::error::closed && (code == 1000 || code == 1001)) return false;
    return EndedStatus();
  }
  *message = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= message->data.size();
  lock.unlock();
  thread_.Post([self = shared_from_this()] { self->Read(); });
  return true;
}

Status Session::Send(const kratos::Context* ctx, bool text, std::string_view data) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] {
    return outgoing_bytes_ == 0 || outgoing_bytes_ < options_.send_buffer_bytes || write_failed_ ||
           ended_;
  };
  if (ctx == nullptr) {
    changed_.Wait(lock, ready);
  } else if (Status status = changed_.Wait(lock, *ctx, ready); !status.ok()) {
    return status;
  }
  if (write_failed_ || close_wanted_ || (ended_ && end_ != websocket::error::closed))
    return ClientClosed(kReasonCanceled, "the client has gone");
  if (ended_) return EndedStatus();
  outgoing_.push_back({text, std::string(data)});
  outgoing_bytes_ += data.size();
  const bool first = outgoing_.size() == 1;
  lock.unlock();
  if (first) thread_.Post([self = shared_from_this()] { self->Write(); });
  return {};
}

void Session::Write() {
  if (writing_) return;
  Outgoing* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!write_failed_ && !outgoing_.empty()) next = &outgoing_.front();
  }
  if (next == nullptr) return MaybeClose();
  writing_ = true;
  ++operations_;
  stream_.text(next->text);
  // The front of a deque stays where it is while the back grows.
  stream_.async_write(asio::buffer(next->data),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        --self->operations_;
                        self->writing_ = false;
                        {
                          const std::lock_guard lock(self->mutex_);
                          self->outgoing_bytes_ -= self->outgoing_.front().data.size();
                          self->outgoing_.pop_front();
                          if (error) self->write_failed_ = true;
                        }
                        self->changed_.NotifyAll();
                        if (error) self->Done();
                        self->Write();
                      });
}

// Sends the close frame once everything before it is out.
void Session::MaybeClose() {
  if (close_sent_) return Done();
  std::optional<websocket::close_reason> reason;
  {
    const std::lock_guard lock(mutex_);
    reason = close_wanted_;
    if (write_failed_) reason.reset();
  }
  if (!reason) return Done();
  close_sent_ = true;
  ++operations_;
  stream_.async_close(*reason, [self = shared_from_this()](error_code error) {
    --self->operations_;
    self->OnEnd(error ? error : error_code(websocket::error::closed));
  });
}

void Session::Close(int code, std::string_view reason) {
  {
    const std::lock_guard lock(mutex_);
    if (close_wanted_) return;
    close_wanted_ = websocket::close_reason(static_cast<websocket::close_code>(code),
                                            beast::string_view(reason.data(), reason.size()));
  }
  thread_.Post([self = shared_from_this()] {
    // Whatever was not received makes room, so that the peer's close frame is read.
    self->Write();
  });
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + 2 * options_.close_timeout;
  changed_.WaitUntil(lock, until, [this] { return ended_ || write_failed_; });
}

void Session::Shutdown() {
  fiber::Parker done;
  thread_.Post([&, self = shared_from_this()] {
    {
      const std::lock_guard lock(mutex_);
      shut_down_ = true;
      write_failed_ = true;
      idle_ = false;
    }
    stream_.next_layer().descriptor().cancel();
    Done();
    done.Unpark();
  });
  done.Park();
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return idle_; });
}

class Peer final : public WebSocketPeer {
 public:
  explicit Peer(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~Peer() override { session_->Shutdown(); }

  Result<bool> Receive(const kratos::Context& ctx, WebSocketMessage* message) override {
    return session_->Receive(ctx, message);
  }
  Status Send(const kratos::Context* ctx, bool text, std::string_view data) override {
    return session_->Send(ctx, text, data);
  }
  void Close(int code, std::string_view reason) override { session_->Close(code, reason); }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace

Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocketOn(WebSocketSocket socket,
                                                         const Request& request,
                                                         const Response& response,
                                                         const WebSocketOptions& options,
                                                         std::string_view subprotocol) {
  auto session = std::make_shared<Session>(std::move(socket), options);
  if (Status status = session->Accept(request, response, subprotocol); !status.ok()) {
    return status;
  }
  return std::unique_ptr<WebSocketPeer>(std::make_unique<Peer>(std::move(session)));
}

}  // namespace kratos::http
