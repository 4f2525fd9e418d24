#include "http/connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "http/endpoint.h"

namespace kratos::http {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadBlock = 16 * 1024;
constexpr std::size_t kWriteBuffer = 16 * 1024;
// How much of a refused request is read and dropped so that the peer gets to see the answer.
constexpr std::size_t kLinger = 256 * 1024;

std::string PeerOf(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), length, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return FormatHostPort(host, std::atoi(port));
}

// poll()'s argument: zero means no limit.
int PollTimeout(milliseconds timeout) {
  return timeout.count() <= 0 ? -1 : static_cast<int>(std::min<long long>(timeout.count(), INT_MAX));
}

}  // namespace

Connection::Connection(int socket, int wake, const Limits& limits)
    : socket_(socket), wake_(wake), limits_(limits), peer_(PeerOf(socket)) {
  // Everything below waits in poll(), never in the socket calls themselves.
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() = default;

bool Connection::StartTls(SSL_CTX* ctx) {
  ssl_.reset(SSL_new(ctx));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_) != 1) return false;
  const auto until = Clock::now() + limits_.read_timeout;
  while (true) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) return true;
    const int error = SSL_get_error(ssl_.get(), result);
    const short events = error == SSL_ERROR_WANT_READ ? POLLIN : error == SSL_ERROR_WANT_WRITE ? POLLOUT : 0;
    auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if (limits_.read_timeout.count() > 0 && left.count() <= 0) return false;
    if (limits_.read_timeout.count() <= 0) left = milliseconds(0);
    pollfd entry{socket_, events, 0};
    if (events == 0 || poll(&entry, 1, PollTimeout(left)) <= 0) {
      broken_ = true;
      return false;
    }
  }
}

bool Connection::WaitReadable(milliseconds timeout, bool stop_on_wake) {
  pollfd entries[2] = {{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
  while (true) {
    const int ready = poll(entries, stop_on_wake ? 2 : 1, PollTimeout(timeout));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && entries[0].revents != 0;
  }
}

// Reads what is there into in_, waiting for at most `timeout`.
bool Connection::Fill(milliseconds timeout) {
  if (broken_) return false;
  if (in_begin_ == in_.size()) {
    in_.clear();
    in_begin_ = 0;
  }
  const std::size_t old = in_.size();
  in_.resize(old + kReadBlock);
  std::ptrdiff_t got = -1;
  const auto until = Clock::now() + timeout;
  while (true) {
    bool again = false;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_read(ssl_.get(), in_.data() + old, kReadBlock);
      const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
      got = result > 0 ? result : error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
      again = error == SSL_ERROR_WANT_READ;
    } else {
      got = recv(socket_, in_.data() + old, kReadBlock, 0);
      again = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    }
    if (!again) break;
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if ((timeout.count() > 0 && left.count() <= 0) || !WaitReadable(timeout.count() > 0 ? left : timeout, false)) {
      timed_out_ = true;
      got = -1;
      break;
    }
  }
  in_.resize(old + static_cast<std::size_t>(std::max<std::ptrdiff_t>(got, 0)));
  if (got <= 0) broken_ = true;
  return got > 0;
}

bool Connection::WaitForRequest() {
  if (in_begin_ < in_.size() || (ssl_ != nullptr && SSL_pending(ssl_.get()) > 0)) return true;
  return WaitReadable(limits_.idle_timeout, true);
}

Connection::HeadOutcome Connection::ReadHead(RequestHead* head, HeadError* error) {
  const auto until = Clock::now() + limits_.read_timeout;
  const std::size_t most = limits_.max_header_bytes + limits_.max_target_bytes + 64;
  std::size_t scanned = 0;
  while (true) {
    // RFC 9112, 2.2: an empty line before the request line is skipped.
    while (scanned == 0 && std::string_view(in_).substr(in_begin_).starts_with("\r\n")) in_begin_ += 2;
    const std::string_view text = std::string_view(in_).substr(in_begin_);
    for (; scanned < text.size(); ++scanned) {
      if (text[scanned] != '\n') continue;
      if (scanned == 0 || text[scanned - 1] != '\r') {
        *error = {400, "a line of the head is not ended by CR LF"};
        return HeadOutcome::kError;
      }
      if (scanned >= 3 && text[scanned - 2] == '\n') {
        const auto failed = ParseRequestHead(text.substr(0, scanned + 1), limits_, head);
        in_begin_ += scanned + 1;
        if (!failed) return HeadOutcome::kHead;
        *error = *failed;
        return HeadOutcome::kError;
      }
    }
    if (limits_.max_target_bytes != 0 && text.size() > limits_.max_target_bytes + 32 &&
        text.find('\n') == std::string_view::npos) {
      *error = {414, "the request line is too long"};
      return HeadOutcome::kError;
    }
    if (limits_.max_header_bytes != 0 && text.size() > most) {
      *error = {431, "the header fields are too long"};
      return HeadOutcome::kError;
    }
    auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if (limits_.read_timeout.count() <= 0) left = milliseconds(0);
    const bool late = limits_.read_timeout.count() > 0 && left.count() <= 0;
    const bool had_bytes = !text.empty();
    if (late || !Fill(left)) {
      if (!had_bytes || !(late || timed_out_)) return HeadOutcome::kClosed;
      *error = {408, "the request head took too long to arrive"};
      return HeadOutcome::kError;
    }
  }
}

std::ptrdiff_t Connection::Read(char* data, std::size_t size) {
  if (in_begin_ == in_.size() && !Fill(limits_.read_timeout)) return timed_out_ ? -1 : 0;
  const std::size_t count = std::min(size, in_.size() - in_begin_);
  std::memcpy(data, in_.data() + in_begin_, count);
  in_begin_ += count;
  return static_cast<std::ptrdiff_t>(count);
}

bool Connection::Send(const char* data, std::size_t size) {
  while (size > 0) {
    std::ptrdiff_t sent = -1;
    short wait_for = POLLOUT;
    bool again = false;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int result = SSL_write(ssl_.get(), data, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
      const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
      sent = result;
      again = error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ;
      if (error == SSL_ERROR_WANT_READ) wait_for = POLLIN;
    } else {
      sent = send(socket_, data, size, MSG_NOSIGNAL);
      again = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    }
    if (sent > 0) {
      data += sent;
      size -= static_cast<std::size_t>(sent);
      continue;
    }
    pollfd entry{socket_, wait_for, 0};
    if (!again || poll(&entry, 1, PollTimeout(limits_.write_timeout)) <= 0) {
      broken_ = true;
      return false;
    }
  }
  return true;
}

bool Connection::Write(const char* data, std::size_t size) {
  if (broken_) return false;
  if (out_.size() + size <= kWriteBuffer) {
    out_.append(data, size);
    return true;
  }
  return Flush() && Send(data, size);
}

bool Connection::Flush() {
  if (out_.empty()) return !broken_;
  const bool sent = !broken_ && Send(out_.data(), out_.size());
  out_.clear();
  return sent;
}

void Connection::Close() {
  Flush();
  if (ssl_ != nullptr && !broken_) SSL_shutdown(ssl_.get());
  // Closing with unread input would reset the connection and could destroy the answer on its way (RFC 9112, 9.6).
  if (shutdown(socket_, SHUT_WR) != 0) return;
  char dropped[4096];
  std::size_t total = 0;
  while (total < kLinger && WaitReadable(milliseconds(200), false)) {
    const auto got = recv(socket_, dropped, sizeof dropped, 0);
    if (got <= 0) break;
    total += static_cast<std::size_t>(got);
  }
}

}  // namespace kratos::http
