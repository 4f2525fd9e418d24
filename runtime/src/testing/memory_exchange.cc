#include "testing/memory_exchange.h"

#include <fmt/format.h>

#include <utility>

#include "http/reply_head.h"
#include "http/stream_marks.h"
#include "kratos/errors/errors.h"

namespace kratos::testing::internal {

namespace {

Error PeerGone() { return ClientClosed(kReasonCanceled, "the client has gone"); }
Error HungUp() { return ClientClosed(kReasonCanceled, "this end has hung up"); }

}  // namespace

MemoryExchange::MemoryExchange(http::Request r, std::stop_token draining, fiber::Executor& executor,
                               std::size_t window)
    : MemoryMessages{std::move(r)},
      Exchange(owned_request, owned_response),
      draining_(std::move(draining)),
      executor_(executor),
      window_(window) {
  head_.status = 0;
}

MemoryExchange::~MemoryExchange() = default;

// The handler's end

Result<bool> MemoryExchange::ReadBody(std::string* part) {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return !body_.pieces.empty() || body_ended_ || hung_up_; });
  if (hung_up_) return PeerGone();
  if (body_.pieces.empty()) {
    request.trailers = body_trailers_;
    return false;
  }
  part->append(body_.pieces.front());
  body_.bytes -= body_.pieces.front().size();
  body_.pieces.pop_front();
  changed_.NotifyAll();
  return true;
}

bool MemoryExchange::ReadWholeBody(std::size_t most) {
  while (true) {
    const Result<bool> more = ReadBody(&request.body);
    if (most != 0 && request.body.size() > most) return false;
    if (!more.ok() || !*more) return true;
  }
}

// Takes over the status and fields as they are now, under the lock.
void MemoryExchange::SealHead() {
  head_.status = response.status;
  head_.headers = response.headers;
  head_.close = response.close;
  no_body_ = http::IsBodyless(response.status) || request.method == "HEAD";
  head_sealed_ = true;
}

Status MemoryExchange::StartReply(std::string_view first) {
  {
    const std::lock_guard lock(mutex_);
    streamed_ = true;
    SealHead();
  }
  changed_.NotifyAll();
  return WriteReply(first);
}

Status MemoryExchange::WriteReply(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return HasRoom(reply_.bytes) || hung_up_; });
  if (hung_up_) return PeerGone();
  if (bytes.empty() || no_body_) return {};
  reply_.pieces.emplace_back(bytes);
  reply_.bytes += bytes.size();
  changed_.NotifyAll();
  return {};
}

void MemoryExchange::BreakReply() {
  const std::lock_guard lock(mutex_);
  broken_ = true;
}

void MemoryExchange::Finish() {
  const std::lock_guard lock(mutex_);
  if (!head_sealed_) {
    SealHead();
    if (!no_body_ && !response.body.empty()) {
      reply_.bytes += response.body.size();
      reply_.pieces.push_back(std::move(response.body));
    }
  }
  if (!streamed_) response.trailers.Clear();
  finished_ = true;
  changed_.NotifyAll();
}

// The client's end

void MemoryExchange::SetBody(std::string bytes, bool whole) {
  if (!bytes.empty()) {
    body_.bytes = bytes.size();
    body_.pieces.push_back(std::move(bytes));
  }
  body_ended_ = whole;
}

Result<bool> MemoryExchange::WriteBody(const Context& ctx, std::string_view bytes) {
  std::unique_lock lock(mutex_);
  Status status =
      changed_.Wait(lock, ctx, [this] { return HasRoom(body_.bytes) || finished_ || hung_up_; });
  if (!status.ok()) return status;
  if (hung_up_ || finished_ || body_ended_) return false;
  if (bytes.empty()) return true;
  body_.pieces.emplace_back(bytes);
  body_.bytes += bytes.size();
  changed_.NotifyAll();
  return true;
}

void MemoryExchange::EndBody(Metadata trailers) {
  const std::lock_guard lock(mutex_);
  if (body_ended_) return;
  body_ended_ = true;
  body_trailers_ = std::move(trailers);
  changed_.NotifyAll();
}

Status MemoryExchange::WaitForHead(const Context& ctx) {
  std::unique_lock lock(mutex_);
  Status status = changed_.Wait(lock, ctx, [this] { return head_sealed_ || hung_up_; });
  if (status.ok() && !head_sealed_) return HungUp();
  return status;
}

Result<bool> MemoryExchange::ReadReply(const Context& ctx, std::string* part) {
  std::unique_lock lock(mutex_);
  Status status =
      changed_.Wait(lock, ctx, [this] { return !reply_.pieces.empty() || finished_ || hung_up_; });
  if (!status.ok()) return status;
  if (hung_up_) return HungUp();
  if (reply_.pieces.empty()) {
    if (broken_) return ServiceUnavailable(kReasonUnavailable, "the reply broke off");
    return false;
  }
  *part = std::move(reply_.pieces.front());
  reply_.pieces.pop_front();
  reply_.bytes -= part->size();
  changed_.NotifyAll();
  return true;
}

Result<std::string> MemoryExchange::ReadWholeReply(const Context& ctx) {
  std::string whole;
  std::string part;
  while (true) {
    const Result<bool> more = ReadReply(ctx, &part);
    if (!more.ok()) return more.status();
    if (!*more) return whole;
    whole += part;
  }
}

void MemoryExchange::HangUp() {
  {
    const std::lock_guard lock(mutex_);
    if (hung_up_) return;
    hung_up_ = true;
    changed_.NotifyAll();
  }
  gone_.request_stop();
}

// WebSockets

// The server's end of one; lives within the handler's call.
class MemoryExchange::Peer final : public http::WebSocketPeer {
 public:
  explicit Peer(MemoryExchange& exchange) : x_(exchange) {}
  ~Peer() override {
    const std::lock_guard lock(x_.mutex_);
    x_.finished_ = true;
    x_.changed_.NotifyAll();
  }

  Result<bool> Receive(const Context& ctx, http::WebSocketMessage* message) override {
    std::unique_lock lock(x_.mutex_);
    auto& in = x_.to_server_;
    Status status = x_.changed_.Wait(
        lock, ctx, [&] { return !in.pieces.empty() || x_.by_client_.has_value() || x_.hung_up_; });
    status.Update(ctx.Err());
    if (!status.ok()) return status;
    if (x_.hung_up_) return PeerGone();
    if (in.pieces.empty()) {
      const int code = x_.by_client_->code;
      if (code == 1000 || code == 1001) return false;
      return ClientClosed(kReasonCanceled,
                          fmt::format("the client closed the WebSocket with code {}", code));
    }
    *message = std::move(in.pieces.front());
    in.pieces.pop_front();
    in.bytes -= message->data.size();
    x_.changed_.NotifyAll();
    const std::size_t most = x_.websocket_.max_message_bytes;
    if (most != 0 && message->data.size() > most) {
      x_.by_server_ = {1009, ""};
      return Error(413, kReasonTooLarge, "a WebSocket message is too long");
    }
    return true;
  }

  Status Send(const Context* ctx, bool text, std::string_view data) override {
    std::unique_lock lock(x_.mutex_);
    auto& out = x_.to_client_;
    const auto ready = [&] {
      return x_.HasRoom(out.bytes) || x_.hung_up_ || x_.by_client_.has_value();
    };
    if (ctx == nullptr) {
      x_.changed_.Wait(lock, ready);
    } else {
      Status status = x_.changed_.Wait(lock, *ctx, ready);
      status.Update(ctx->Err());  // Room or not, a call that is over sends nothing.
      if (!status.ok()) return status;
    }
    if (x_.hung_up_ || x_.by_client_ || x_.by_server_) return PeerGone();
    out.pieces.push_back({text, std::string(data)});
    out.bytes += data.size();
    x_.changed_.NotifyAll();
    return {};
  }

  void Close(int code, std::string_view reason) override {
    const std::lock_guard lock(x_.mutex_);
    if (!x_.by_server_) x_.by_server_ = {code, std::string(http::CutUtf8(reason))};
    x_.changed_.NotifyAll();
  }

 private:
  MemoryExchange& x_;
};

Result<std::unique_ptr<http::WebSocketPeer>> MemoryExchange::AcceptWebSocket(
    const http::WebSocketOptions& options, std::string_view subprotocol) {
  if (!websocket_allowed_)
    return NotImplemented(kReasonUnimplemented, "this call is made without a WebSocket");
  const std::lock_guard lock(mutex_);
  if (hung_up_) return PeerGone();
  websocket_ = options;
  subprotocol_ = subprotocol;
  response.status = 101;
  SealHead();
  upgraded_ = true;
  changed_.NotifyAll();
  return std::unique_ptr<http::WebSocketPeer>(std::make_unique<Peer>(*this));
}

Status MemoryExchange::SendMessage(const Context& ctx, http::WebSocketMessage message) {
  std::unique_lock lock(mutex_);
  Status status = changed_.Wait(lock, ctx, [this] {
    return HasRoom(to_server_.bytes) || finished_ || by_server_ || hung_up_;
  });
  if (!status.ok()) return status;
  if (hung_up_ || by_client_) return HungUp();
  if (finished_ || by_server_)
    return ClientClosed(kReasonCanceled, "the server has ended the WebSocket");
  to_server_.bytes += message.data.size();
  to_server_.pieces.push_back(std::move(message));
  changed_.NotifyAll();
  return {};
}

Result<bool> MemoryExchange::ReceiveMessage(const Context& ctx, http::WebSocketMessage* message) {
  std::unique_lock lock(mutex_);
  Status status = changed_.Wait(lock, ctx, [this] {
    return !to_client_.pieces.empty() || by_server_ || finished_ || hung_up_;
  });
  if (!status.ok()) return status;
  if (hung_up_) return HungUp();
  if (!to_client_.pieces.empty()) {
    *message = std::move(to_client_.pieces.front());
    to_client_.pieces.pop_front();
    to_client_.bytes -= message->data.size();
    changed_.NotifyAll();
    return true;
  }
  if (by_server_) return false;
  return ServiceUnavailable(kReasonUnavailable, "the server gave the WebSocket up");
}

void MemoryExchange::CloseByClient(int code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (!by_client_) by_client_ = {code, std::string(reason)};
  changed_.NotifyAll();
}

int MemoryExchange::close_code() const {
  const std::lock_guard lock(mutex_);
  return by_server_ ? by_server_->code : 0;
}

std::string MemoryExchange::close_reason() const {
  const std::lock_guard lock(mutex_);
  return by_server_ ? by_server_->reason : std::string();
}

}  // namespace kratos::testing::internal
