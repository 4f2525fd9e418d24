#include "http/client_stream_exchange.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "http/client_call.h"
#include "http/client_redirect.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"

namespace kratos::http {

WebSocketOptions WebSocketOptionsOf(const ClientStreamOptions& options) {
  WebSocketOptions websocket;
  websocket.max_message_bytes = options.max_message_bytes;
  websocket.ping_interval = options.ping_interval;
  websocket.close_timeout = options.close_timeout;
  websocket.send_buffer_bytes = options.send_buffer_bytes;
  websocket.compress = options.compress;
  return websocket;
}

std::shared_ptr<ClientIo> StreamExchanger::Io() {
  const std::lock_guard lock(mutex_);
  if (io_ == nullptr) io_ = HoldClientIo();
  return io_;
}

WireOutcome StreamExchanger::Connect(CallGuard& guard, const Origin& origin,
                                     std::shared_ptr<ClientSocket>* socket, Status* failure) {
  const auto io = Io();
  if (io == nullptr) {
    *failure = ServiceUnavailable(kReasonUnavailable, "no thread could be started for streams");
    return WireOutcome::kConnectFailed;
  }
  SocketTarget target{origin, "", nullptr, options_.connect_timeout};
  if (origin.tls) {
    auto loaded = exchanger_.Tls();
    if (!loaded.ok()) {
      *failure = loaded.status();
      return WireOutcome::kTlsFailed;
    }
    target.tls = *loaded;
  }
  const auto addresses =
      fiber::Blocking([&] { return exchanger_.lookup().Find(origin.host, guard); });
  if (!addresses.ok()) {
    *failure = addresses.status();
    return WireOutcome::kConnectFailed;
  }
  // Every address gets its share, so that one that swallows packets leaves time for the next.
  target.connect_timeout /= static_cast<int>(addresses->size());
  auto outcome = WireOutcome::kConnectFailed;
  std::string why;
  for (const auto& address : *addresses) {
    target.address = address;
    outcome = ConnectSocket(*io, target, guard, socket, &why);
    if (outcome != WireOutcome::kConnectFailed || !guard.Check().ok()) break;
  }
  if (outcome != WireOutcome::kReply) {
    *failure = ServiceUnavailable(
        kReasonUnavailable, fmt::format("{} {}: {}", VerbOf(outcome), origin.ToString(), why));
  }
  return outcome;
}

OpenedStream StreamExchanger::OpenOnce(CallGuard& guard, StreamWire wire, const Address& address,
                                       const Metadata& headers, OutgoingCall& call) {
  OpenedStream opened;
  opened.reply.status = 0;
  opened.status = guard.Check();
  if (!opened.status.ok()) return opened;
  std::shared_ptr<ClientSocket> socket;
  Status failure;
  auto outcome = Connect(guard, address.origin, &socket, &failure);
  if (outcome == WireOutcome::kReply) {
    opened.descriptor = DescriptorOf(*socket);
    std::string why = "the connection was closed before there was a reply";
    const WireRequest request{call.method, address.target, &headers, &call.body};
    switch (wire) {
      case StreamWire::kReply:
        opened.http = std::make_unique<HttpStream>(socket);
        // A server that refuses may do so, and close, before it has read all.
        (void)opened.http->Send(request);
        outcome = opened.http->ReadHead(&opened.reply, &why);
        if (outcome == WireOutcome::kReply && !IsSuccess(opened.reply.status))
          outcome = opened.http->ReadAll(options_.max_reply_bytes, &opened.reply.body, &why);
        break;
      case StreamWire::kUpload:
        opened.http = std::make_unique<HttpStream>(socket);
        if (!opened.http->StartUpload(request)) outcome = WireOutcome::kNoReply;
        break;
      case StreamWire::kWebSocket:
        outcome =
            ClientWebSocket::Open(socket, address, headers, WebSocketOptionsOf(options_.streams),
                                  &opened.websocket, &opened.reply, &why);
        break;
    }
    if (!guard.Detach()) outcome = WireOutcome::kNoReply;
    if (outcome == WireOutcome::kReply) return opened;
    failure = ServiceUnavailable(kReasonUnavailable, fmt::format("{} {}: {}", VerbOf(outcome),
                                                                 address.origin.ToString(), why));
  }
  opened.http.reset();
  opened.websocket.reset();
  // Whatever broke, it broke because the call was ended.
  opened.status = guard.Check();
  if (!opened.status.ok()) return opened;
  if (outcome == WireOutcome::kTooLarge) {
    PeerReply peer{opened.reply.status, opened.reply.headers, ""};
    opened.status =
        InternalServer(kReasonTooLarge, failure.message()).WithPeerReply(std::move(peer));
    return opened;
  }
  opened.status = std::move(failure);
  opened.may_pass = opened.status.code() == 503 && outcome != WireOutcome::kTlsRefused;
  return opened;
}

OpenedStream StreamExchanger::Open(CallGuard& guard, StreamWire wire, OutgoingCall& call) {
  auto address = call.address;
  auto headers = call.headers;
  for (int redirects = 0;; ++redirects) {
    // Each request names its own host, unless the caller named one.
    Metadata sent = headers;
    if (!sent.Has("Host")) sent.Add("Host", address.origin.HostField());
    auto opened = OpenOnce(guard, wire, address, sent, call);
    if (!opened.status.ok() || wire == StreamWire::kUpload) return opened;
    const auto redirected = FollowRedirect(opened.reply, call.method, redirects,
                                           options_.max_redirects, &address, &headers);
    if (!redirected.ok()) opened.status = redirected.status();
    if (!redirected.ok() || !*redirected) return opened;
  }
}

}  // namespace kratos::http
