#include "kratos/grpc/forward.h"

#include <google/protobuf/message.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "fiber/fiber.h"
#include "fiber/parker.h"
#include "fiber/thread_pool.h"
#include "kratos/errors/errors.h"
#include "kratos_grpc/channel_arguments.h"
#include "kratos_grpc/metadata_fields.h"
#include "middleware/guard_exceptions.h"

namespace kratos::grpc {

using google::protobuf::Message;

namespace {

constexpr std::size_t kStackBytes = 256u << 10;

/// Threads for the fibers that carry requests while the handler's own carries replies.
fiber::Executor& RelayPool() {
  static auto* pool = new fiber::ThreadPool(CallThreads(0), 0);  // Calls may run at the end.
  return *pool;
}

// Fields of HTTP's own negotiation say nothing about the call that goes on.
bool IsNegotiation(std::string_view name) {
  return name == "accept" || name == "expect" || name.starts_with("sec-websocket-");
}

Metadata Forwarded(const Metadata& fields) {
  Metadata out;
  for (const auto& [name, value] : fields) {
    const std::string lower = ToLower(name);
    if (!IsReserved(lower) && !IsNegotiation(lower) && WhyNotSendable(lower, value).empty())
      out.Add(lower, value);
  }
  return out;
}

void AddReplyFields(const Metadata& fields, Context* ctx) {
  for (const auto& [name, value] : fields) {
    // Bytes are no field value of HTTP.
    if (!IsReserved(name) && IsFieldValue(value)) ctx->mutable_reply_header().Add(name, value);
  }
}

Context& Root(Context& ctx) {
  Context* root = &ctx;
  while (root->parent() != nullptr) root = root->parent();
  return *root;
}

/// Passes requests on until the caller has sent the last one, or the call is over.
Status PumpRequests(internal::MessageReader& in, internal::ClientCall& call,
                    const Message& prototype) {
  const std::unique_ptr<Message> message(prototype.New());
  while (true) {
    const Result<bool> more = in.Recv(message.get());
    if (!more.ok()) return more.status();
    if (!*more) return call.CloseSend();
    // How a call ended that takes nothing more shows in its replies.
    if (!call.Send(*message).ok()) return {};
  }
}

Status PumpReplies(internal::ClientCall& call, internal::MessageWriter& out,
                   const Message& prototype, Context* ctx) {
  const std::unique_ptr<Message> message(prototype.New());
  bool first = true;
  while (true) {
    const Result<bool> more = call.Recv(message.get());
    if (std::exchange(first, false)) AddReplyFields(call.reply_header(), ctx);
    if (!more.ok()) return more.status();
    if (!*more) return {};
    if (Status status = out.Send(*message); !status.ok()) {
      call.Cancel();
      return status;
    }
  }
}

Status ForwardClientStream(internal::ClientCall& upstream, const ForwardedCall& call,
                           Context* ctx) {
  if (Status status = PumpRequests(*call.streams.in, upstream, *call.request_type); !status.ok()) {
    upstream.Cancel();
    return status;
  }
  Result<bool> received = upstream.Recv(call.reply);
  AddReplyFields(upstream.reply_header(), ctx);
  return received.ok() && !*received ? internal::MissingReply() : received.status();
}

Status ForwardBidi(internal::ClientCall& upstream, const ForwardedCall& call, Context* ctx) {
  Status sent;
  fiber::Parker done;
  fiber::Fiber::Start(RelayPool(), kStackBytes, [&] {
    sent = GuardExceptions(*ctx, ctx->transport().operation, [&] {
      return PumpRequests(*call.streams.in, upstream, *call.request_type);
    });
    if (!sent.ok()) upstream.Cancel();
    done.Unpark();
  });
  Status status = PumpReplies(upstream, *call.streams.out, *call.reply_type, ctx);
  // The call is over; whoever waits for the caller's next message need not.
  Root(*ctx).Cancel();
  done.Park();
  // A call that was given up because its requests could not be read tells why.
  return status.code() == 499 && !sent.ok() ? sent : status;
}

}  // namespace

Status Forward(Client& client, Context& ctx, const ForwardedCall& call) {
  CallOptions options;
  options.headers = Forwarded(ctx.request_header());
  options.timeout = std::chrono::milliseconds(0);
  const ClientMethod& method = call.method;
  if (!method.request_stream && !method.reply_stream) {
    ReplyInfo info;
    options.reply_info = &info;
    Status status = client.Invoke(ctx, method, *call.request, call.reply, options);
    AddReplyFields(info.headers, &ctx);
    return status;
  }
  auto opened = client.Open(ctx, method, call.request, options);
  if (!opened.ok()) return opened.status();
  if (!method.request_stream) {
    return PumpReplies(**opened, *call.streams.out, *call.reply_type, &ctx);
  }
  if (!method.reply_stream) return ForwardClientStream(**opened, call, &ctx);
  return ForwardBidi(**opened, call, &ctx);
}

}  // namespace kratos::grpc
