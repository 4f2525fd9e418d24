#include "testing/memory_stream_calls.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <mutex>
#include <optional>
#include <utility>

#include "http/client_error.h"
#include "http/client_reply.h"
#include "http/message_splitter.h"
#include "http/stream_codec.h"
#include "http/stream_marks.h"
#include "kratos/errors/errors.h"

namespace kratos::testing::internal {

namespace {

using google::protobuf::Message;
using http::BodyRule;

// What all kinds share: the call is begun with its first message, and given up in one place.
class CallBase : public kratos::internal::ClientCall {
 public:
  explicit CallBase(StreamSetup setup) : s_(std::move(setup)), call_(&s_.ctx) {
    give_up_.emplace(call_.stop_token(), [this] {
      if (const auto exchange = Exchange()) exchange->HangUp();
    });
  }
  ~CallBase() override {
    give_up_.reset();
    if (const auto exchange = Exchange()) exchange->HangUp();
  }

  void Cancel() override { call_.Cancel(); }
  const Metadata& reply_header() const override {
    static const Metadata none;
    return head_seen_ ? exchange_->head().headers : none;
  }

 protected:
  // Connects, or says why not; once.
  virtual Status Connect(const Message& first) = 0;

  // The URL is made from the first message; from one without fields when there is none and the path
  // needs none.
  Status Begin(const Message* first) {
    const std::lock_guard lock(begin_mutex_);
    if (begun_) return failed_;
    if (first == nullptr && !s_.plan->variables.empty()) {
      return BadRequest(kReasonCodec,
                        "the path has variables, which come from the first message: it must be "
                        "sent before anything else");
    }
    begun_ = true;
    std::unique_ptr<Message> empty;
    if (first == nullptr) {
      const auto* prototype =
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(s_.request_type);
      empty.reset(prototype->New());
      first = empty.get();
    }
    auto target = http::BuildTarget(*s_.plan, *first);
    auto headers = target.ok() ? s_.fields(first) : Result<Metadata>(target.status());
    failed_ = headers.status();
    if (headers.ok()) {
      s_.request.target = std::move(*target);
      s_.request.headers = std::move(*headers);
      failed_ = Connect(*first);
    }
    return failed_;
  }

  void Start(std::shared_ptr<MemoryExchange> exchange) {
    {
      const std::lock_guard lock(mutex_);
      exchange_ = std::move(exchange);
    }
    if (call_.cancelled()) exchange_->HangUp();
  }

  // A failure that the caller's own context explains is told in its words, and ends the call.
  Status Explain(Status status) {
    if (status.ok()) return status;
    Status own = call_.Err();
    if (own.ok()) return status;
    exchange_->HangUp();
    return own;
  }

  // The head, and the whole reply's error when it is one.
  Status TakeHead() {
    if (Status status = exchange_->WaitForHead(call_); !status.ok()) return Explain(status);
    head_seen_ = true;
    http::Response reply = exchange_->head();
    if (reply.status >= 200 && reply.status <= 299) return {};
    auto body = exchange_->ReadWholeReply(call_);
    if (!body.ok()) return Explain(body.status());
    reply.body = std::move(*body);
    return http::ErrorFromReply(*s_.codecs, std::move(reply));
  }

  std::shared_ptr<MemoryExchange> Exchange() {
    const std::lock_guard lock(mutex_);
    return exchange_;
  }

  StreamSetup s_;
  Context call_;
  std::shared_ptr<MemoryExchange> exchange_;
  bool head_seen_ = false;

 private:
  std::mutex begin_mutex_;
  bool begun_ = false;
  Status failed_;
  std::mutex mutex_;  // Guards exchange_ against Cancel.
  std::optional<std::stop_callback<std::function<void()>>> give_up_;
};

class ServerStreamCall final : public CallBase {
 public:
  using CallBase::Begin;
  using CallBase::CallBase;

  Status Send(const Message&) override { return OneRequest(); }
  Status CloseSend() override { return {}; }

  Result<bool> Recv(Message* message) override {
    if (!ended_.ok()) return ended_;
    if (!head_seen_) ended_ = TakeHead();
    if (!ended_.ok()) return ended_;
    Result<bool> more = s_.plan->response_body.raw ? RecvRaw(message) : RecvItem(message);
    ended_ = more.status();
    return more;
  }

 private:
  static Status OneRequest() {
    return InternalServer("BAD_CALL", "this call has one request and was opened with it");
  }

  Status Connect(const Message& request) override {
    Status status = http::BuildBody(s_.plan->body, request, *s_.codec, s_.encode, &s_.request.body);
    if (!status.ok()) return status;
    std::string body = std::move(s_.request.body);
    s_.request.body.clear();
    auto exchange = s_.server.Make(std::move(s_.request));
    exchange->SetBody(std::move(body), /*whole=*/true);
    exchange->set_deadline(call_.deadline());
    Start(exchange);
    s_.server.Begin(std::move(exchange));
    return {};
  }

  Result<bool> RecvRaw(Message* message) {
    std::string bytes;
    const Result<bool> more = exchange_->ReadReply(call_, &bytes);
    if (!more.ok()) return Explain(more.status());
    if (!*more) return false;
    message->Clear();
    http::SetRawBody(s_.plan->response_body, std::move(bytes),
                     exchange_->head().headers.Get("Content-Type"), message);
    return true;
  }

  Result<bool> RecvItem(Message* message) {
    http::StreamItem item;
    const Result<bool> more = NextItem(&item);
    if (!more.ok() || !*more) return more;
    if (item.kind == http::StreamItem::Kind::kError)
      return http::ErrorFromEvent(*s_.codecs, item.payload);
    if (!events_) {
      auto error = http::ErrorFromElement(*s_.codecs, item.payload, *message->GetDescriptor());
      if (error) return *error;
    }
    message->Clear();
    // As servers do not cut a message down to the field of response_body.
    const auto& json = http::ReplyCodec(*s_.codecs, {});
    if (Status status = json.Decode(item.payload, nullptr, {}, message); !status.ok())
      return InternalServer(kReasonCodec, "a message cannot be read: " + status.message());
    return true;
  }

  Result<bool> NextItem(http::StreamItem* item) {
    if (splitter_ == nullptr) {
      const auto type = codec::ParseMediaType(exchange_->head().headers.Get("Content-Type"));
      const std::string subtype = type ? type->subtype : "";
      events_ = subtype == "event-stream";
      splitter_ = events_             ? http::SplitEvents(0)
                  : subtype == "json" ? http::SplitArray(0)
                                      : http::SplitLines(0);
    }
    while (true) {
      auto found = splitter_->Next(item);
      if (!found.ok() || *found) return found;
      std::string bytes;
      const Result<bool> more = exchange_->ReadReply(call_, &bytes);
      if (!more.ok()) return Explain(more.status());
      if (!*more) return splitter_->Last(item);
      splitter_->Feed(bytes);
    }
  }

  std::unique_ptr<http::MessageSplitter> splitter_;
  bool events_ = false;
  Status ended_;
};

class UploadCall final : public CallBase {
 public:
  using CallBase::CallBase;

  Status Send(const Message& message) override {
    if (Status status = Begin(&message); !status.ok()) return status;
    std::string bytes;
    if (Status status = http::BuildBody(s_.plan->body, message, *s_.codec, s_.encode, &bytes);
        !status.ok())
      return status;
    const Result<bool> taken = exchange_->WriteBody(call_, bytes);
    if (!taken.ok()) return Explain(taken.status());
    if (!*taken) return Explain(ClientClosed(kReasonCanceled, "the call has ended"));
    return {};
  }

  Status CloseSend() override {
    if (Status status = Begin(nullptr); !status.ok()) return status;
    exchange_->EndBody({});
    return {};
  }

  Result<bool> Recv(Message* message) override {
    if (Status status = Begin(nullptr); !status.ok()) return status;
    if (received_) return false;
    if (Status status = TakeHead(); !status.ok()) return status;
    auto body = exchange_->ReadWholeReply(call_);
    if (!body.ok()) return Explain(body.status());
    received_ = true;
    http::Response reply = exchange_->head();
    reply.body = std::move(*body);
    if (Status status = http::DecodeReply(*s_.codecs, s_.plan->response_body, &reply, message);
        !status.ok())
      return status;
    return true;
  }

 private:
  Status Connect(const Message&) override {
    auto exchange = s_.server.Make(std::move(s_.request));
    exchange->set_deadline(call_.deadline());
    Start(exchange);
    s_.server.Begin(std::move(exchange));
    return {};
  }

  bool received_ = false;
};

class MessagesCall final : public CallBase {
 public:
  using CallBase::CallBase;

  Status Send(const Message& message) override {
    if (Status status = Begin(&message); !status.ok()) return status;
    const BodyRule& rule = s_.plan->body;
    std::string bytes;
    Status status;
    if (rule.raw) {
      status = http::BuildBody(rule, message, *s_.codec, s_.encode, &bytes);
    } else {
      // A field that is not set goes as an empty message.
      const Message& sent = rule.field == nullptr
                                ? message
                                : message.GetReflection()->GetMessage(message, rule.field);
      status = s_.codec->Encode(sent, nullptr, s_.encode, &bytes);
    }
    if (!status.ok()) return status;
    const bool text = !rule.raw && http::IsText(*s_.codec);
    return Explain(exchange_->SendMessage(call_, {text, std::move(bytes)}));
  }

  Status CloseSend() override {
    if (Status status = Begin(nullptr); !status.ok()) return status;
    // Where the server has ended the call already Recv says how.
    (void)exchange_->SendMessage(call_, {true, std::string(http::kEndMark)}).ok();
    return {};
  }

  Result<bool> Recv(Message* message) override {
    if (Status status = Begin(nullptr); !status.ok()) return status;
    http::WebSocketMessage frame;
    const Result<bool> more = exchange_->ReceiveMessage(call_, &frame);
    if (!more.ok()) return Explain(more.status());
    if (!*more) return Closed();
    if (frame.data.starts_with(http::kErrorMark))
      return http::ParseErrorText(std::string_view(frame.data).substr(http::kErrorMark.size()));
    message->Clear();
    if (message->GetDescriptor()->full_name() == "google.api.HttpBody") {
      BodyRule whole;
      whole.kind = BodyRule::Kind::kWhole;
      http::SetRawBody(whole, std::move(frame.data), "", message);
      return true;
    }
    if (Status status = s_.codec->Decode(frame.data, nullptr, {}, message); !status.ok())
      return InternalServer(kReasonCodec, "a message cannot be read: " + status.message());
    return true;
  }

 private:
  Status Connect(const Message&) override {
    auto exchange = s_.server.Connect(call_, std::move(s_.request));
    if (!exchange.ok()) return exchange.status();
    Start(std::move(*exchange));
    head_seen_ = true;
    return {};
  }

  Result<bool> Closed() const {
    const int code = exchange_->close_code();
    if (code == 1000) return false;
    const std::string why =
        fmt::format("the server closed the WebSocket with {} {}", code, exchange_->close_reason());
    if (code == 1001) return ServiceUnavailable(kReasonUnavailable, why);
    return InternalServer("WEBSOCKET_CLOSED", why);
  }
};

}  // namespace

Opened OpenServerStream(StreamSetup setup, const Message& request) {
  auto call = std::make_unique<ServerStreamCall>(std::move(setup));
  if (Status status = call->Begin(&request); !status.ok()) return status;
  return std::unique_ptr<kratos::internal::ClientCall>(std::move(call));
}

Opened OpenUpload(StreamSetup setup) {
  return std::unique_ptr<kratos::internal::ClientCall>(
      std::make_unique<UploadCall>(std::move(setup)));
}

Opened OpenMessages(StreamSetup setup) {
  return std::unique_ptr<kratos::internal::ClientCall>(
      std::make_unique<MessagesCall>(std::move(setup)));
}

}  // namespace kratos::testing::internal
