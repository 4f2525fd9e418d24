#include "http/request_loop.h"

#include <memory>
#include <utility>

#include "fiber/free_list.h"
#include "http/error_encoder.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

// A request and its reply; those of one call hold the memory for the next one's.
class Messages {
 public:
  Messages() : memory_(Kept::Take()) {}
  ~Messages() {
    if (memory_->IsLarge()) return;
    memory_->head.Clear();
    memory_->response.Clear();
    Kept::Give(std::move(memory_));
  }
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  RequestHead& head() { return memory_->head; }
  Response& response() { return memory_->response; }

 private:
  struct Memory {
    bool IsLarge() const {
      constexpr std::size_t kMostBytes = 64 * 1024;
      constexpr std::size_t kMostFields = 64;
      return head.request.body.capacity() + head.request.target.capacity() +
                     response.body.capacity() >
                 kMostBytes ||
             head.request.headers.size() + response.headers.size() > kMostFields;
    }
    RequestHead head;
    Response response;
  };
  using Kept = fiber::FreeList<Memory, 64>;

  std::unique_ptr<Memory> memory_;
};

Error PeerGone() { return ClientClosed(kReasonCanceled, "the client has gone"); }

class SocketExchange final : public Exchange {
 public:
  SocketExchange(ServerConnection& connection, Messages& messages, CallHost& host, bool last)
      : Exchange(messages.head().request, messages.response()),
        connection_(connection),
        head_(messages.head()),
        host_(host),
        close_(last || !head_.keep_alive) {}

  std::stop_token peer_gone() const override { return peer_gone_; }
  std::stop_token draining() const override { return host_.draining(); }
  fiber::Executor& executor() override { return host_.executor(); }

  Result<bool> ReadBody(std::string* part) override {
    bool end = false;
    if (!connection_.body_open()) return false;
    const std::size_t before = part->size();
    if (auto failed = connection_.ReadBodyPart(&head_, part, &end)) {
      if (connection_.transport().broken()) return PeerGone();
      return Error(failed->status, std::string(ReasonOfRefusal(failed->status)), failed->message);
    }
    return part->size() > before;
  }

  Status StartReply(std::string_view first) override {
    started_ = true;
    // What HTTP/1.0 gets without a length ends with the connection (RFC 9112, 6.3).
    close_ = close_ || response.close || host_.closing() || request.http_minor == 0;
    return Outcome(connection_.StartReply(head_, response, close_, first));
  }
  Status WriteReply(std::string_view bytes) override {
    return Outcome(connection_.WriteReplyPart(bytes));
  }
  void BreakReply() override { broken_ = true; }

  Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocket(const WebSocketOptions& options,
                                                         std::string_view subprotocol) override {
    auto peer = host_.AcceptWebSocket(connection_, request, response, options, subprotocol);
    taken_over_ = peer.ok();
    return peer;
  }

  // Ends the reply when the handler has returned.
  Afterwards Finish() {
    // The close frame may be on its way to a peer that is still sending.
    if (taken_over_) return Afterwards::kLinger;
    // What the handler did not read of the body cannot be told from the next request.
    close_ = close_ || connection_.body_open();
    if (!started_) {
      close_ = close_ || response.close || host_.closing();
      if (!connection_.WriteReply(head_, response, close_)) return Afterwards::kClose;
    } else {
      if (broken_) connection_.BreakReply();
      if (broken_ || !connection_.EndReply(response.trailers)) return Afterwards::kClose;
    }
    if (connection_.body_open()) return Afterwards::kLinger;
    return close_ ? Afterwards::kClose : Afterwards::kKeep;
  }

  void set_peer_gone(std::stop_token token) { peer_gone_ = std::move(token); }

 private:
  Status Outcome(bool sent) { return sent ? Status() : Status(PeerGone()); }

  ServerConnection& connection_;
  RequestHead& head_;
  CallHost& host_;
  bool close_;
  bool started_ = false;
  bool broken_ = false;
  bool taken_over_ = false;
  std::stop_token peer_gone_;
};

void Refuse(ServerConnection& connection, const RequestHead& head, const HeadError& why,
            EngineHandler& handler) {
  Response response;
  if (why.status == 503) response.headers.Set("Retry-After", "1");
  handler.Reject(head.request, why.status, why.message, &response);
  connection.WriteReply(head, response, /*close=*/true);
}

}  // namespace

Afterwards ServeRequest(ServerConnection& connection, const Limits& limits, std::size_t count,
                        EngineHandler& handler, CallHost& host) {
  Messages messages;
  RequestHead& head = messages.head();
  HeadError error;
  const auto outcome = connection.ReadHead(&head, &error);
  if (outcome == ServerConnection::HeadOutcome::kClosed) return Afterwards::kClose;
  if (outcome == ServerConnection::HeadOutcome::kError) {
    Refuse(connection, head, error, handler);
    return Afterwards::kLinger;
  }
  const bool last =
      limits.max_requests_per_connection != 0 && count + 1 >= limits.max_requests_per_connection;
  SocketExchange exchange(connection, messages, host, last);
  handler.Plan(exchange.request, &exchange.plan);
  const auto failed =
      exchange.plan.stream_body ? connection.BeginBody(head, 0) : connection.ReadBody(&head);
  if (failed) {
    head.request.body.clear();
    Refuse(connection, head, *failed, handler);
    return Afterwards::kLinger;
  }

  // A call that is over before the client could leave needs no watch.
  const bool watched = exchange.plan.long_lived || exchange.plan.run != CallPlan::Run::kInline;
  if (watched) exchange.set_peer_gone(host.WatchPeer());
  exchange.began = std::chrono::steady_clock::now();
  const bool ran = host.Run(exchange, [&] { handler.Serve(exchange); });
  if (watched) host.UnwatchPeer();
  if (!ran) {
    Refuse(connection, head, {503, "every worker is busy and the queue is full"}, handler);
    return Afterwards::kLinger;
  }
  return exchange.Finish();
}

void RefuseConnection(ServerConnection& connection, std::string_view why, EngineHandler& handler) {
  Refuse(connection, RequestHead(), {503, std::string(why)}, handler);
  connection.Close(/*linger=*/true);
}

}  // namespace kratos::http
