#include "http/asio/websocket_session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <utility>

#include "fiber/parker.h"

namespace kratos::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

// Messages that have come and were not received yet; more are left to the peer's own buffers.
constexpr std::size_t kMaxQueuedMessages = 16;
constexpr std::size_t kMaxQueuedBytes = 64 * 1024;

constexpr int kNormal = 1000;
constexpr int kGoingAway = 1001;

}  // namespace

WebSocketSession::WebSocketSession(WebSocketEndpoint endpoint, beast::role_type role,
                                   const WebSocketOptions& options, Words words)
    : owner_(std::move(endpoint.owner)),
      role_(role),
      options_(options),
      words_(std::move(words)),
      stream_(endpoint.transport, endpoint.descriptor, std::move(endpoint.unread), endpoint.start) {
}

void WebSocketSession::Configure() {
  websocket::permessage_deflate deflate;
  (role_ == beast::role_type::client ? deflate.client_enable : deflate.server_enable) =
      options_.compress;
  stream_.set_option(deflate);
  stream_.read_message_max(options_.max_message_bytes);
  stream_.auto_fragment(false);
}

void WebSocketSession::ConfigureTimes() {
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
}

void WebSocketSession::Post(std::function<void()> task) {
  asio::post(stream_.get_executor(), std::move(task));
}

error_code WebSocketSession::Open(const std::function<void(Stream&, Opened)>& begin) {
  fiber::Parker done;
  error_code result;
  Post([&, self = shared_from_this()] {
    Configure();
    ConfigureTimes();
    ++operations_;
    begin(stream_, [&, self](error_code error) {
      --operations_;
      result = error;
      if (error) {
        Done();
      } else {
        {
          const std::lock_guard lock(mutex_);
          idle_ = false;
        }
        ConfigureTimes();
        Read();
      }
      done.Unpark();
    });
  });
  done.Park();
  return result;
}

void WebSocketSession::Read() {
  if (reading_ || shut_down_) return;
  {
    const std::lock_guard lock(mutex_);
    if (end_.kind != WebSocketEnd::Kind::kOpen || queue_.size() >= kMaxQueuedMessages ||
        queued_bytes_ >= kMaxQueuedBytes) {
      return;
    }
  }
  reading_ = true;
  ++operations_;
  stream_.async_read(in_, [self = shared_from_this()](error_code error, std::size_t) {
    --self->operations_;
    self->reading_ = false;
    self->OnRead(error);
  });
}

void WebSocketSession::OnRead(error_code error) {
  if (error) return OnEnd(error);
  {
    const std::lock_guard lock(mutex_);
    WebSocketMessage message;
    message.text = stream_.next_layer().filter().TakeText();
    message.data = beast::buffers_to_string(in_.data());
    queued_bytes_ += message.data.size();
    queue_.push_back(std::move(message));
  }
  in_.consume(in_.size());
  if (in_.capacity() > kMaxQueuedBytes) in_.shrink_to_fit();
  changed_.NotifyAll();
  Read();
}

void WebSocketSession::OnEnd(error_code error) {
  {
    const std::lock_guard lock(mutex_);
    if (end_.kind == WebSocketEnd::Kind::kOpen) {
      using Kind = WebSocketEnd::Kind;
      if (error == websocket::error::closed) {
        const auto& reason = stream_.reason();
        end_.kind = Kind::kClosed;
        // RFC 6455, 7.1.5: without a code in the frame it counts as 1005.
        end_.code = reason.code != websocket::close_code::none
                        ? static_cast<int>(reason.code)
                        : static_cast<int>(websocket::close_code::no_status);
        end_.text.assign(reason.reason.data(), reason.reason.size());
      } else if (error == websocket::error::message_too_big) {
        end_ = {Kind::kTooLarge, 0, ""};
      } else if (error.category() == make_error_code(websocket::error::closed).category()) {
        end_ = {Kind::kProtocol, 0, error.message()};
      } else {
        end_ = {Kind::kBroken, 0, error.message()};
      }
    }
  }
  changed_.NotifyAll();
  Done();
}

void WebSocketSession::Done() {
  if (operations_ != 0) return;
  {
    const std::lock_guard lock(mutex_);
    idle_ = true;
  }
  changed_.NotifyAll();
}

Result<bool> WebSocketSession::Receive(const kratos::Context& ctx, WebSocketMessage* message) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return !queue_.empty() || end_.kind != WebSocketEnd::Kind::kOpen; };
  if (Status status = changed_.Wait(lock, ctx, ready); !status.ok()) return status;
  if (queue_.empty()) {
    if (end_.kind == WebSocketEnd::Kind::kClosed &&
        (end_.code == kNormal || end_.code == kGoingAway)) {
      return false;
    }
    return words_(end_);
  }
  *message = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= message->data.size();
  lock.unlock();
  Post([self = shared_from_this()] { self->Read(); });
  return true;
}

Status WebSocketSession::Send(const kratos::Context* ctx, bool text, std::string_view data) {
  std::unique_lock lock(mutex_);
  const auto over = [this] {
    return write_failed_ || close_wanted_ || end_.kind != WebSocketEnd::Kind::kOpen;
  };
  const auto ready = [&] {
    return outgoing_bytes_ == 0 || outgoing_bytes_ < options_.send_buffer_bytes || over();
  };
  if (ctx == nullptr) {
    changed_.Wait(lock, ready);
  } else if (Status status = changed_.Wait(lock, *ctx, ready); !status.ok()) {
    return status;
  }
  if (over()) {
    return words_(end_.kind == WebSocketEnd::Kind::kClosed && !close_wanted_
                      ? end_
                      : WebSocketEnd{WebSocketEnd::Kind::kBroken, 0, ""});
  }
  outgoing_.push_back({text, std::string(data)});
  outgoing_bytes_ += data.size();
  const bool first = outgoing_.size() == 1;
  lock.unlock();
  if (first) Post([self = shared_from_this()] { self->Write(); });
  return {};
}

void WebSocketSession::Write() {
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
                        self->OnWritten(error);
                      });
}

void WebSocketSession::OnWritten(error_code error) {
  {
    const std::lock_guard lock(mutex_);
    outgoing_bytes_ -= outgoing_.front().data.size();
    outgoing_.pop_front();
    if (error) write_failed_ = true;
  }
  changed_.NotifyAll();
  if (error) Done();
  Write();
}

// Sends the close frame once everything before it is out.
void WebSocketSession::MaybeClose() {
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

void WebSocketSession::StartClose(int code, std::string_view reason) {
  {
    const std::lock_guard lock(mutex_);
    if (close_wanted_) return;
    close_wanted_ = websocket::close_reason(static_cast<websocket::close_code>(code),
                                            beast::string_view(reason.data(), reason.size()));
  }
  Post([self = shared_from_this()] { self->Write(); });
}

void WebSocketSession::AwaitClose() {
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + 2 * options_.close_timeout;
  changed_.WaitUntil(lock, until,
                     [this] { return end_.kind != WebSocketEnd::Kind::kOpen || write_failed_; });
}

void WebSocketSession::Abandon() {
  fiber::Parker done;
  Post([&, self = shared_from_this()] {
    shut_down_ = true;
    {
      const std::lock_guard lock(mutex_);
      write_failed_ = true;
      idle_ = false;
    }
    changed_.NotifyAll();
    stream_.next_layer().descriptor().cancel();
    Done();
    done.Unpark();
  });
  done.Park();
}

void WebSocketSession::AwaitIdle() {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return idle_; });
}

}  // namespace kratos::http
