// HTTP/1.1 on one accepted connection: requests in and replies out, with time limits (RFC 9112).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/byte_transport.h"
#include "http/chunked.h"
#include "http/input_buffer.h"
#include "http/request_head.h"
#include "http/socket_waiter.h"
#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// Used by one thread or fiber at a time.
class ServerConnection {
 public:
  /// All must outlive it.
  ServerConnection(ByteTransport& transport, SocketWaiter& waiter, const Limits& limits);

  /// Shakes hands as the transport has it. False when the peer did not.
  bool Handshake();

  /// True when something of the next request has come already.
  bool HasUnread() const { return !in_.unread().empty() || transport_.HasPending(); }
  /// Reads what has come, without waiting; false when that is nothing. The peer's end counts as
  /// something.
  bool FillReady();
  /// False when the last read emptied the socket, of a connection without TLS.
  bool MayHaveMore() const { return may_have_more_; }
  /// Lets go of memory that only a busy connection needs.
  void Rest() { in_.Rest(); }

  enum class HeadOutcome { kHead, kError, kClosed };
  /// Reads one request head. kError fills `error` with what to answer, as far as `head` is known.
  HeadOutcome ReadHead(RequestHead* head, HeadError* error);

  /// Reads the body that `head` announces into head->request.body, telling the peer to go on when
  /// it waits for that. Nothing when the body is whole, else what to answer.
  std::optional<HeadError> ReadBody(RequestHead* head);

  /// The same piece by piece: after BeginBody each ReadBodyPart appends what has come, waiting for
  /// at least one byte, up to a block. At the end `*end` becomes true and trailer fields are in
  /// head->request.trailers. `max_bytes` zero: no limit.
  std::optional<HeadError> BeginBody(const RequestHead& head, std::size_t max_bytes);
  std::optional<HeadError> ReadBodyPart(RequestHead* head, std::string* to, bool* end);
  /// True while the peer may still be sending a body.
  bool body_open() const { return body_open_; }

  /// Sends a reply to `request`. False when the peer cannot be reached.
  bool WriteReply(const RequestHead& request, const Response& response, bool close);

  /// Begins a reply of unknown length, with the first bytes of its body: chunked, or for HTTP/1.0
  /// up to the end of the connection. No body goes out for HEAD.
  bool StartReply(const RequestHead& request, const Response& response, bool close,
                  std::string_view first);
  bool WriteReplyPart(std::string_view bytes);
  bool EndReply(const Metadata& trailers);
  /// In place of EndReply: the connection, closed next, tells the peer that the body is not whole.
  void BreakReply();

  /// Sends bytes as they are.
  bool Send(std::string_view bytes) { return Send({&bytes, 1}); }

  /// Says goodbye. With `linger`, or when more has come than was read, the peer still gets what was
  /// written although it may be sending; that takes a moment with peers that do not close their
  /// end.
  void Close(bool linger);

  const std::string& peer() const { return peer_; }
  bool tls() const { return transport_.tls(); }
  ByteTransport& transport() { return transport_; }
  /// What has come beyond the last request; the connection forgets it.
  std::string TakeUnread();

 private:
  enum class Filled { kBytes, kEnd, kTimedOut };
  enum class PartFraming { kNone, kChunked, kUntilClose };
  bool Wait(ByteTransport::Outcome want, std::chrono::milliseconds timeout);
  ByteTransport::Outcome ReadOnce();
  Filled Fill(std::chrono::milliseconds timeout);
  bool Send(std::span<const std::string_view> pieces);
  std::optional<HeadError> BodyBroken(Filled filled) const;
  std::optional<HeadError> BodyTooLarge() const;

  ByteTransport& transport_;
  SocketWaiter& waiter_;
  const Limits& limits_;
  std::string peer_;
  InputBuffer in_;
  bool ended_ = false;  // Nothing more comes in.
  bool may_have_more_ = false;

  // The body being read.
  bool body_open_ = false;
  bool body_chunked_ = false;
  bool body_wanted_ = false;  // The peer waits for 100 Continue.
  std::size_t body_left_ = 0;
  std::size_t body_read_ = 0;
  std::size_t body_most_ = 0;
  ChunkedDecoder chunks_;

  PartFraming framing_ = PartFraming::kNone;  // Of the reply being written in parts.
  bool reset_ = false;
};

}  // namespace kratos::http
