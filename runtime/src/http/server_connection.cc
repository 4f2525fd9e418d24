#include "http/server_connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>

#include "http/chunked.h"
#include "http/endpoint.h"
#include "http/reply_head.h"

namespace kratos::http {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadBlock = 16 * 1024;
// Bodies up to this size go out in one piece with their head.
constexpr std::size_t kJoinBody = 16 * 1024;
// How much of a refused request is read and dropped, and for how long, so that the peer gets to see
// the answer.
constexpr std::size_t kLinger = 256 * 1024;
constexpr milliseconds kLingerTime{500};

std::string PeerOf(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), length, host, sizeof host, port,
                  sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return FormatHostPort(host, std::atoi(port));
}

// poll()'s argument: zero means no limit.
int PollTimeout(milliseconds timeout) {
  return timeout.count() <= 0 ? -1
                              : static_cast<int>(std::min<long long>(timeout.count(), INT_MAX));
}

// Time until a point; nothing when that has passed. A wait without limit stays without.
std::optional<milliseconds> Left(milliseconds limit, Clock::time_point until) {
  if (limit.count() <= 0) return milliseconds(0);
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  if (left.count() <= 0) return std::nullopt;
  return left;
}

}  // namespace

ServerConnection::ServerConnection(int socket, Wake wake, const Limits& limits)
    : socket_(socket), wake_(wake), limits_(limits), peer_(PeerOf(socket)) {
  // Everything below waits in poll(), never in the socket calls themselves.
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ServerConnection::~ServerConnection() = default;

bool ServerConnection::StartTls(SSL_CTX* ctx) {
  ssl_.reset(SSL_new(ctx));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_) != 1) return false;
  const auto until = Clock::now() + limits_.read_timeout;
  while (true) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) return true;
    const int error = SSL_get_error(ssl_.get(), result);
    const short events = error == SSL_ERROR_WANT_READ    ? POLLIN
                         : error == SSL_ERROR_WANT_WRITE ? POLLOUT
                                                         : 0;
    const auto left = Left(limits_.read_timeout, until);
    pollfd entries[2] = {{socket_, events, 0}, {wake_.stop, POLLIN, 0}};
    if (events == 0 || !left || poll(entries, 2, PollTimeout(*left)) <= 0 ||
        entries[0].revents == 0) {
      broken_ = true;
      return false;
    }
  }
}

bool ServerConnection::WaitReadable(milliseconds timeout) {
  pollfd entry{socket_, POLLIN, 0};
  while (true) {
    const int ready = poll(&entry, 1, PollTimeout(timeout));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0;
  }
}

// Appends what is there to in_, waiting for at most `timeout`.
ServerConnection::Filled ServerConnection::Fill(milliseconds timeout) {
  if (ended_) return Filled::kEnd;
  in_.erase(0, in_begin_);
  in_begin_ = 0;
  const std::size_t old = in_.size();
  in_.resize(old + kReadBlock);
  const auto until = Clock::now() + timeout;
  std::ptrdiff_t got = -1;
  Filled outcome = Filled::kBytes;
  while (true) {
    bool again = false;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_read(ssl_.get(), in_.data() + old, kReadBlock);
      const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
      got = result;
      again = error == SSL_ERROR_WANT_READ;
      broken_ = broken_ || error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
    } else {
      got = recv(socket_, in_.data() + old, kReadBlock, 0);
      again = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    }
    if (!again) break;
    const auto left = Left(timeout, until);
    if (!left || !WaitReadable(*left)) {
      outcome = Filled::kTimedOut;
      break;
    }
  }
  if (outcome == Filled::kBytes && got <= 0) {
    ended_ = true;
    outcome = Filled::kEnd;
  }
  in_.resize(old + (outcome == Filled::kBytes ? static_cast<std::size_t>(got) : 0));
  return outcome;
}

bool ServerConnection::WaitForRequest() {
  const bool first = requests_++ == 0;
  if (!Unread().empty() || (ssl_ != nullptr && SSL_pending(ssl_.get()) > 0)) return true;
  milliseconds limit = limits_.idle_timeout;
  if (first && limits_.read_timeout.count() > 0 &&
      (limit.count() <= 0 || limits_.read_timeout < limit)) {
    limit = limits_.read_timeout;
  }
  const auto until = Clock::now() + limit;
  while (const auto left = Left(limit, until)) {
    pollfd entries[3] = {
        {socket_, POLLIN, 0}, {wake_.stop, POLLIN, 0}, {first ? -1 : wake_.make_room, POLLIN, 0}};
    const int ready = poll(entries, 3, PollTimeout(*left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    if (entries[0].revents != 0) return true;
    if (entries[1].revents != 0) return false;
    // Of all the connections that wake up here one gets the token and goes.
    std::uint64_t token = 0;
    if (entries[2].revents != 0 && read(wake_.make_room, &token, sizeof token) > 0) return false;
  }
  return false;
}

ServerConnection::HeadOutcome ServerConnection::ReadHead(RequestHead* head, HeadError* error) {
  const auto until = Clock::now() + limits_.read_timeout;
  const auto refuse = [error](int status, const char* message) {
    *error = {status, message};
    return HeadOutcome::kError;
  };
  std::size_t scanned = 0;
  std::size_t line_end = 0;  // Length of the request line with its LF; zero before that has come.
  while (true) {
    // RFC 9112, 2.2: empty lines before the request line are skipped.
    while (scanned == 0 && Unread().starts_with("\r\n")) in_begin_ += 2;
    const std::string_view text = Unread();
    if (text != "\r") {
      for (; scanned < text.size(); ++scanned) {
        if (text[scanned] != '\n') continue;
        if (scanned == 0 || text[scanned - 1] != '\r')
          return refuse(400, "a line of the head is not ended by CR LF");
        if (line_end == 0) line_end = scanned + 1;
        if (scanned >= 3 && text[scanned - 2] == '\n') {
          const auto failed = ParseRequestHead(text.substr(0, scanned + 1), limits_, head);
          in_begin_ += scanned + 1;
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
    const auto left = Left(limits_.read_timeout, until);
    const Filled filled = left ? Fill(*left) : Filled::kTimedOut;
    if (filled == Filled::kBytes) continue;
    if (filled == Filled::kEnd || Unread().empty()) return HeadOutcome::kClosed;
    return refuse(408, "the request head took too long to arrive");
  }
}

std::optional<HeadError> ServerConnection::BodyBroken(Filled filled) const {
  if (filled == Filled::kTimedOut) return HeadError{408, "the body took too long to arrive"};
  return HeadError{400, "the body is shorter than announced"};
}

std::optional<HeadError> ServerConnection::ReadBody(RequestHead* head) {
  std::string& body = head->request.body;
  const std::size_t most = limits_.max_body_bytes == 0 ? body.max_size() : limits_.max_body_bytes;
  const auto too_large = [&] {
    return HeadError{413, "the body is longer than " + std::to_string(most) + " bytes"};
  };
  if (head->content_length > most) return too_large();
  if (!head->chunked && head->content_length == 0) return std::nullopt;
  if (head->expect_continue && Unread().empty() && !Send("HTTP/1.1 100 Continue\r\n\r\n")) {
    return HeadError{400, "the peer has gone"};
  }
  // What is announced is not reserved at once: announcing costs a peer nothing.
  body.reserve(std::min<std::size_t>(head->content_length, 1u << 20));
  ChunkedDecoder chunks;
  while (head->chunked || body.size() < head->content_length) {
    if (Unread().empty()) {
      if (const Filled filled = Fill(limits_.read_timeout); filled != Filled::kBytes)
        return BodyBroken(filled);
    }
    std::size_t used = 0;
    if (head->chunked) {
      const auto state = chunks.Feed(Unread(), &body, &used);
      in_begin_ += used;
      if (state == ChunkedDecoder::State::kBad)
        return HeadError{400, "the chunks of the body are malformed"};
      if (body.size() > most) return too_large();
      if (state == ChunkedDecoder::State::kDone) break;
    } else {
      used = std::min(Unread().size(), head->content_length - body.size());
      body.append(Unread().substr(0, used));
      in_begin_ += used;
    }
  }
  return std::nullopt;
}

bool ServerConnection::Send(std::string_view bytes) {
  while (!bytes.empty() && !broken_) {
    std::ptrdiff_t sent = -1;
    short wait_for = POLLOUT;
    bool again = false;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_write(ssl_.get(), bytes.data(),
                                   static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
      const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
      sent = result;
      again = error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ;
      if (error == SSL_ERROR_WANT_READ) wait_for = POLLIN;
    } else {
      sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      again = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    }
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    pollfd entry{socket_, wait_for, 0};
    if (!again || poll(&entry, 1, PollTimeout(limits_.write_timeout)) <= 0) broken_ = true;
  }
  return !broken_;
}

bool ServerConnection::WriteReply(const RequestHead& request, const Response& response,
                                  bool close) {
  std::string head = FormatReplyHead(request, response, close);
  const bool no_body = IsBodyless(response.status) || request.request.method == "HEAD";
  if (no_body) return Send(head);
  if (response.body.size() <= kJoinBody) return Send(head += response.body);
  return Send(head) && Send(response.body);
}

void ServerConnection::Close(bool linger) {
  if (ssl_ != nullptr && !broken_) SSL_shutdown(ssl_.get());
  // Closing with unread input would reset the connection and could destroy the answer on its way
  // (RFC 9112, 9.6).
  if (!linger && Unread().empty()) return;
  if (shutdown(socket_, SHUT_WR) != 0) return;
  char dropped[4096];
  std::size_t total = 0;
  const auto until = Clock::now() + kLingerTime;
  while (total < kLinger) {
    const auto left = Left(kLingerTime, until);
    if (!left || !WaitReadable(*left)) break;
    const auto got = recv(socket_, dropped, sizeof dropped, 0);
    if (got <= 0) break;
    total += static_cast<std::size_t>(got);
  }
}

}  // namespace kratos::http
