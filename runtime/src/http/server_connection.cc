#include "http/server_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "fiber/free_list.h"
#include "http/reply_head.h"
#include "metadata/refill.h"

namespace kratos::http {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Outcome = ByteTransport::Outcome;

// How much of a refused request is read and dropped, and for how long, so that the peer gets to see
// the answer.
constexpr std::size_t kLinger = 16 * 1024 * 1024;
constexpr milliseconds kLingerTime{500};

// Time until a point; nothing when that has passed. A wait without limit stays without.
std::optional<milliseconds> Left(milliseconds limit, Clock::time_point until) {
  if (limit.count() <= 0) return milliseconds(0);
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  if (left.count() <= 0) return std::nullopt;
  return left;
}

bool HasNoBody(const RequestHead& request, const Response& response) {
  return IsBodyless(response.status) || std::string_view(request.request.method) == "HEAD";
}

// A reply's head, in memory that was another's before.
class HeadText {
 public:
  HeadText(const RequestHead& request, const Response& response, BodyFraming framing, bool close)
      : text_(Kept::Take()) {
    AppendReplyHead(request, response, framing, close, text_.get());
  }
  ~HeadText() {
    constexpr std::size_t kMostBytes = 16 * 1024;
    if (text_->capacity() > kMostBytes) return;
    text_->clear();
    Kept::Give(std::move(text_));
  }
  HeadText(const HeadText&) = delete;
  HeadText& operator=(const HeadText&) = delete;

  void Append(std::string_view body) { text_->append(body); }
  std::string_view text() const { return *text_; }

 private:
  using Kept = fiber::FreeList<std::string, 64>;
  std::unique_ptr<std::string> text_;
};

}  // namespace

ServerConnection::ServerConnection(ByteTransport& transport, SocketWaiter& waiter,
                                   const Limits& limits)
    : transport_(transport), waiter_(waiter), limits_(limits), peer_(transport.PeerName()) {}

bool ServerConnection::Wait(Outcome want, milliseconds timeout) {
  const auto ready =
      want == Outcome::kWantWrite ? waiter_.WaitWritable(timeout) : waiter_.WaitReadable(timeout);
  return ready == SocketWaiter::Ready::kReady;
}

bool ServerConnection::Handshake() {
  const auto until = Clock::now() + limits_.read_timeout;
  while (true) {
    const Outcome outcome = transport_.Handshake();
    if (outcome == Outcome::kDone) return true;
    if (outcome != Outcome::kWantRead && outcome != Outcome::kWantWrite) return false;
    const auto left = Left(limits_.read_timeout, until);
    if (!left || !Wait(outcome, *left)) return false;
  }
}

std::string ServerConnection::TakeUnread() {
  std::string unread(in_.unread());
  in_.Clear();
  return unread;
}

// Adds what is there to in_.
Outcome ServerConnection::ReadOnce() {
  if (ended_) return Outcome::kEnd;
  const auto moved = transport_.Read(in_.Space(), InputBuffer::kBlock);
  may_have_more_ = moved.outcome == Outcome::kDone && moved.bytes == InputBuffer::kBlock;
  if (moved.outcome == Outcome::kDone) {
    in_.Filled(moved.bytes);
  } else if (moved.outcome != Outcome::kWantRead && moved.outcome != Outcome::kWantWrite) {
    ended_ = true;
  }
  return moved.outcome;
}

bool ServerConnection::FillReady() {
  const Outcome outcome = ReadOnce();
  return outcome != Outcome::kWantRead && outcome != Outcome::kWantWrite;
}

// The same, waiting for at most `timeout`.
ServerConnection::Filled ServerConnection::Fill(milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  while (true) {
    const Outcome outcome = ReadOnce();
    if (outcome == Outcome::kDone) return Filled::kBytes;
    if (outcome != Outcome::kWantRead && outcome != Outcome::kWantWrite) return Filled::kEnd;
    const auto left = Left(timeout, until);
    if (!left || !Wait(outcome, *left)) return Filled::kTimedOut;
  }
}

ServerConnection::HeadOutcome ServerConnection::ReadHead(RequestHead* head, HeadError* error) {
  std::optional<Clock::time_point> until;  // Most heads come whole.
  const auto refuse = [error](int status, const char* message) {
    *error = {status, message};
    return HeadOutcome::kError;
  };
  std::size_t scanned = 0;
  std::size_t line_end = 0;  // Length of the request line with its LF; zero before that has come.
  while (true) {
    // RFC 9112, 2.2: empty lines before the request line are skipped.
    while (scanned == 0 && in_.unread().starts_with("\r\n")) in_.Consume(2);
    const std::string_view text = in_.unread();
    if (text != "\r") {
      for (; scanned < text.size(); ++scanned) {
        scanned = std::min(text.find('\n', scanned), text.size());
        if (scanned == text.size()) break;
        if (scanned == 0 || text[scanned - 1] != '\r')
          return refuse(400, "a line of the head is not ended by CR LF");
        if (line_end == 0) line_end = scanned + 1;
        if (scanned >= 3 && text[scanned - 2] == '\n') {
          const auto failed = ParseRequestHead(text.substr(0, scanned + 1), limits_, head);
          in_.Consume(scanned + 1);
          kratos::internal::Refill(peer_, &head->request.peer);
          head->request.tls = tls();
          if (!failed) return HeadOutcome::kHead;
          *error = *failed;
          return HeadOutcome::kError;
        }
      }
    }
    if (line_end == 0 && limits_.max_target_bytes != 0 &&
        text.size() > limits_.max_target_bytes + 64) {
      return refuse(414, "the request line is too long");
    }
    if (line_end != 0 && limits_.max_header_bytes != 0 &&
        text.size() - line_end > limits_.max_header_bytes) {
      return refuse(431, "the header fields are too long");
    }
    if (!until) until = Clock::now() + limits_.read_timeout;
    const auto left = Left(limits_.read_timeout, *until);
    const Filled filled = left ? Fill(*left) : Filled::kTimedOut;
    if (filled == Filled::kBytes) continue;
    if (filled == Filled::kEnd || in_.unread().empty()) return HeadOutcome::kClosed;
    return refuse(408, "the request head took too long to arrive");
  }
}

std::optional<HeadError> ServerConnection::BodyBroken(Filled filled) const {
  if (filled == Filled::kTimedOut) return HeadError{408, "the body took too long to arrive"};
  return HeadError{400, "the body is shorter than announced"};
}

std::optional<HeadError> ServerConnection::BodyTooLarge() const {
  return HeadError{413, fmt::format("the body is longer than {} bytes", body_most_)};
}

std::optional<HeadError> ServerConnection::BeginBody(const RequestHead& head,
                                                     std::size_t max_bytes) {
  body_chunked_ = head.chunked;
  body_left_ = head.content_length;
  body_read_ = 0;
  body_most_ = max_bytes;
  body_open_ = body_chunked_ || body_left_ != 0;
  body_wanted_ = head.expect_continue && body_open_;
  chunks_ = ChunkedDecoder();
  if (max_bytes != 0 && body_left_ > max_bytes) return BodyTooLarge();
  return std::nullopt;
}

std::optional<HeadError> ServerConnection::ReadBodyPart(RequestHead* head, std::string* to,
                                                        bool* end) {
  const std::size_t before = to->size();
  while (body_open_ && to->size() == before) {
    if (body_wanted_ && in_.unread().empty() && !Send("HTTP/1.1 100 Continue\r\n\r\n")) {
      return HeadError{400, "the peer has gone"};
    }
    body_wanted_ = false;
    if (in_.unread().empty()) {
      if (const Filled filled = Fill(limits_.read_timeout); filled != Filled::kBytes)
        return BodyBroken(filled);
    }
    std::size_t used = 0;
    if (body_chunked_) {
      const auto state = chunks_.Feed(in_.unread().substr(0, InputBuffer::kBlock), to, &used);
      in_.Consume(used);
      if (state == ChunkedDecoder::State::kBad)
        return HeadError{400, "the chunks of the body are malformed"};
      if (state == ChunkedDecoder::State::kDone) {
        body_open_ = false;
        head->request.trailers = chunks_.TakeTrailers();
      }
    } else {
      used = std::min({in_.unread().size(), body_left_, InputBuffer::kBlock});
      to->append(in_.unread().substr(0, used));
      in_.Consume(used);
      body_left_ -= used;
      body_open_ = body_left_ != 0;
    }
  }
  body_read_ += to->size() - before;
  if (body_most_ != 0 && body_read_ > body_most_) return BodyTooLarge();
  *end = !body_open_;
  return std::nullopt;
}

std::optional<HeadError> ServerConnection::ReadBody(RequestHead* head) {
  if (auto failed = BeginBody(*head, limits_.max_body_bytes)) return failed;
  if (!body_open_) return std::nullopt;
  std::string& body = head->request.body;
  // What is announced is not reserved at once: announcing costs a peer nothing.
  body.reserve(std::min<std::size_t>(head->content_length, 1u << 20));
  bool end = false;
  while (!end) {
    if (auto failed = ReadBodyPart(head, &body, &end)) return failed;
  }
  return std::nullopt;
}

bool ServerConnection::Send(std::span<const std::string_view> pieces) {
  std::array<std::string_view, 8> left{};
  const std::size_t count = std::min(pieces.size(), left.size());
  std::copy_n(pieces.begin(), count, left.begin());
  std::size_t first = 0;
  while (true) {
    while (first < count && left[first].empty()) ++first;
    if (first == count) return !transport_.broken();
    const auto moved = transport_.Write({&left[first], count - first});
    if (moved.outcome == Outcome::kWantRead || moved.outcome == Outcome::kWantWrite) {
      if (!Wait(moved.outcome, limits_.write_timeout)) return false;
      continue;
    }
    if (moved.outcome != Outcome::kDone) return false;
    std::size_t sent = moved.bytes;
    for (std::size_t i = first; i < count && sent > 0; ++i) {
      const std::size_t taken = std::min(sent, left[i].size());
      left[i].remove_prefix(taken);
      sent -= taken;
    }
  }
}

bool ServerConnection::WriteReply(const RequestHead& request, const Response& response,
                                  bool close) {
  // Copying so little is quicker than having the kernel gather it.
  constexpr std::size_t kMostCopied = 512;
  HeadText head(request, response, BodyFraming::kLength, close);
  if (HasNoBody(request, response)) return Send(head.text());
  if (response.body.size() > kMostCopied) {
    const std::string_view pieces[] = {head.text(), response.body};
    return Send(pieces);
  }
  head.Append(response.body);
  return Send(head.text());
}

bool ServerConnection::StartReply(const RequestHead& request, const Response& response, bool close,
                                  std::string_view first) {
  const bool chunked = request.request.http_minor > 0;
  const HeadText head(request, response, chunked ? BodyFraming::kChunked : BodyFraming::kUntilClose,
                      close || !chunked);
  const bool no_body = HasNoBody(request, response);
  framing_ = no_body   ? PartFraming::kNone
             : chunked ? PartFraming::kChunked
                       : PartFraming::kUntilClose;
  if (first.empty() || no_body) return Send(head.text());
  if (!chunked) {
    const std::string_view pieces[] = {head.text(), first};
    return Send(pieces);
  }
  const std::string size = fmt::format("{:x}\r\n", first.size());
  const std::string_view pieces[] = {head.text(), size, first, "\r\n"};
  return Send(pieces);
}

bool ServerConnection::WriteReplyPart(std::string_view bytes) {
  if (bytes.empty() || framing_ == PartFraming::kNone) return !transport_.broken();
  if (framing_ == PartFraming::kUntilClose) return Send(bytes);
  const std::string size = fmt::format("{:x}\r\n", bytes.size());
  const std::string_view pieces[] = {size, bytes, "\r\n"};
  return Send(pieces);
}

bool ServerConnection::EndReply(const Metadata& trailers) {
  if (framing_ != PartFraming::kChunked) return !transport_.broken();
  framing_ = PartFraming::kNone;
  std::string last = "0\r\n";
  for (const auto& [name, value] : trailers)
    last.append(name).append(": ").append(value).append("\r\n");
  last += "\r\n";
  return Send(last);
}

// A chunked body lacks its end then; one that ends with the connection takes a reset.
void ServerConnection::BreakReply() {
  if (framing_ != PartFraming::kUntilClose) return;
  reset_ = true;
  transport_.ResetOnClose();
}

void ServerConnection::Close(bool linger) {
  if (reset_) return;
  transport_.SayGoodbye();
  // Closing with unread input would reset the connection and could destroy the answer on its way
  // (RFC 9112, 9.6).
  if (!linger && in_.unread().empty()) return;
  if (!transport_.EndWriting()) return;
  std::size_t total = 0;
  const auto until = Clock::now() + kLingerTime;
  while (total < kLinger) {
    const auto dropped = transport_.Discard();
    if (dropped.outcome == Outcome::kDone) {
      total += dropped.bytes;
      continue;
    }
    const auto left = Left(kLingerTime, until);
    if (dropped.outcome != Outcome::kWantRead || !left || !Wait(Outcome::kWantRead, *left)) break;
  }
}

}  // namespace kratos::http
