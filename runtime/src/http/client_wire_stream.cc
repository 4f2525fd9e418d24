#include "http/client_wire_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <utility>

#include "http/client_connection.h"

namespace kratos::http {

namespace {

constexpr std::size_t kBlock = 16 * 1024;

bool MustWait(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// The status that a line gives; 0 when it is no status line.
int StatusOf(std::string_view line) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') return 0;
  int status = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

WireStream::WireStream(int socket, ssl_st* tls, const CallGuard& guard)
    : socket_(socket), tls_(tls), guard_(guard) {
  // Plain reads and writes say for themselves that they do not wait; OpenSSL's cannot.
  if (tls_ != nullptr) fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

short WireStream::Wait(short events, std::optional<CallGuard::Clock::time_point> until) const {
  if (const auto deadline = guard_.deadline())
    until = until ? std::min(*until, *deadline) : *deadline;
  pollfd fd{socket_, events, 0};
  while (true) {
    int timeout = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                            std::max(*until - CallGuard::Clock::now(), {}))
                            .count();
      timeout = static_cast<int>(std::min<decltype(left)>(left, INT_MAX));
    }
    const int ready = ::poll(&fd, 1, timeout);
    if (ready > 0) return fd.revents;
    if (ready == 0 || errno != EINTR) return 0;
  }
}

bool WireStream::TlsWaits(int result) {
  const int error = SSL_get_error(tls_, result);
  wanted_ = error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

bool WireStream::ShakeHands(std::chrono::microseconds limit) {
  const auto until = CallGuard::Clock::now() + limit;
  while (true) {
    ERR_clear_error();
    const int done = SSL_do_handshake(tls_);
    if (done == 1) return true;
    if (!TlsWaits(done) || Wait(wanted_, until) == 0) return false;
  }
}

ssize_t WireStream::Send(std::string_view bytes) {
  if (tls_ == nullptr) {
    wanted_ = POLLOUT;
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 && MustWait(errno) ? 0 : sent;
  }
  ERR_clear_error();
  const int sent =
      SSL_write(tls_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
  if (sent > 0) return sent;
  return TlsWaits(sent) ? 0 : -1;
}

WireStream::Got WireStream::Receive() {
  const std::size_t old = in_.size();
  in_.resize(old + kBlock);
  ssize_t got = 0;
  auto nothing = Got::kBroken;
  if (tls_ == nullptr) {
    wanted_ = POLLIN;
    got = ::recv(socket_, in_.data() + old, kBlock, MSG_DONTWAIT);
    if (got == 0) nothing = Got::kEnd;
    if (got < 0 && MustWait(errno)) nothing = Got::kNothing;
  } else {
    ERR_clear_error();
    const int read = SSL_read(tls_, in_.data() + old, static_cast<int>(kBlock));
    got = read;
    if (read <= 0 && TlsWaits(read)) nothing = Got::kNothing;
    if (read <= 0 && SSL_get_error(tls_, read) == SSL_ERROR_ZERO_RETURN) nothing = Got::kEnd;
  }
  in_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got > 0 ? Got::kBytes : nothing;
}

WireStream::Got WireStream::Fill() {
  // A plain connection seldom has anything yet; TLS may hold bytes that poll does not see.
  if (tls_ == nullptr && Wait(POLLIN) == 0) return Got::kBroken;
  while (true) {
    const auto got = Receive();
    if (got != Got::kNothing) return got;
    if (Wait(wanted_) == 0) return Got::kBroken;
  }
}

bool WireStream::Refuse(std::string why) {
  why_ = std::move(why);
  upload_over_ = true;
  return false;
}

bool WireStream::ReadHead() {
  while (!head_done_) {
    const auto unread = std::string_view(in_).substr(begin_);
    const auto line_end = unread.find('\n');
    status_ = StatusOf(unread.substr(0, line_end));
    if (line_end != std::string_view::npos && status_ == 0) {
      // No HTTP, as httplib will say.
      head_done_ = true;
      return true;
    }
    constexpr std::string_view kEnd = "\n\r\n";
    const auto end = unread.find(kEnd, searched_);
    const bool found = end != std::string_view::npos;
    const auto size = found ? end + kEnd.size() : unread.size();
    if (skipped_ + size > kMaxReplyHead)
      return Refuse(fmt::format("the reply's head is longer than {} bytes", kMaxReplyHead));
    if (!found) {
      searched_ = size - std::min(size, kEnd.size() - 1);
      return true;
    }
    if (status_ == 101)
      return Refuse("the server went over to another protocol, which was not asked for");
    searched_ = 0;
    if (status_ / 100 != 1) {
      head_done_ = true;
      return true;
    }
    begin_ += size;
    skipped_ += size;
  }
  return true;
}

ssize_t WireStream::Read(char* to, std::size_t size) {
  if (!why_.empty()) return -1;
  while (!head_done_) {
    if (!ReadHead()) return -1;
    // A head that ends too early is for httplib to judge.
    if (!head_done_ && Fill() != Got::kBytes) head_done_ = true;
  }
  if (begin_ == in_.size()) {
    in_.clear();
    begin_ = 0;
    const auto got = Fill();
    if (got != Got::kBytes) return got == Got::kEnd ? 0 : -1;
  }
  const auto count = std::min(size, in_.size() - begin_);
  std::memcpy(to, in_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

void WireStream::LookForAnswer() {
  const auto got = Receive();
  if (got == Got::kNothing) return;
  // An end, too: who sends nothing more has answered, or never will.
  if (got != Got::kBytes || !ReadHead()) {
    upload_over_ = true;
    return;
  }
  // A server may begin a good reply, and still wait for the rest.
  if (head_done_ && status_ >= 300) upload_over_ = true;
}

void WireStream::Write(std::string_view bytes) {
  while (!bytes.empty() && !upload_over_) {
    const auto sent = Send(bytes);
    if (sent < 0) upload_over_ = true;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent != 0) continue;
    const short wanted = wanted_;
    const short came = Wait(static_cast<short>(head_done_ ? wanted : wanted | POLLIN));
    if (came == 0) upload_over_ = true;
    if ((came & wanted) == 0 && (came & POLLIN) != 0) LookForAnswer();
  }
}

}  // namespace kratos::http
