#include "http_load.h"

#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "bare_client.h"

namespace kratos::bench {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

bool NameIs(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         strncasecmp(line.data(), name.data(), name.size()) == 0;
}

bool Mentions(std::string_view line, std::string_view word) {
  return std::search(line.begin(), line.end(), word.begin(), word.end(),
                     [](char a, char b) { return (a | 0x20) == (b | 0x20); }) != line.end();
}

void Watch(int poll, int fd, std::uint64_t index) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0) Fail("epoll_ctl");
}

}  // namespace

std::int64_t Now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

double Percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

void ReplyReader::Reset() {
  state_ = State::kHead;
  head_.clear();
  left_ = body_bytes_ = 0;
  closes_ = false;
}

void ReplyReader::ReadHead() {
  if (!head_.starts_with("HTTP/1.1 ")) Fail("no HTTP/1.1 reply: " + head_.substr(0, 80));
  status_ = std::atoi(head_.c_str() + 9);
  bool chunked = false;
  left_ = 0;
  const std::string_view head = head_;
  for (auto at = head.find("\r\n") + 2; at < head.size();) {
    const auto end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    at = end + 2;
    if (NameIs(line, "content-length"))
      left_ = std::strtoull(line.data() + 15, nullptr, 10);
    else if (NameIs(line, "transfer-encoding"))
      chunked = Mentions(line, "chunked");
    else if (NameIs(line, "connection"))
      closes_ = Mentions(line, "close");
  }
  head_.clear();
  state_ = chunked ? State::kChunkSize : left_ > 0 ? State::kBody : State::kDone;
}

std::size_t ReplyReader::Take(std::string_view bytes) {
  const std::size_t size = bytes.size();
  const auto through = [&](std::string_view mark) {  // Into head_, up to the end of `mark`.
    const std::size_t before = head_.size();
    head_.append(bytes.substr(0, 16 << 10));
    const auto found = head_.find(mark, before < mark.size() ? 0 : before - mark.size());
    if (found == std::string::npos) {
      bytes.remove_prefix(head_.size() - before);
      return false;
    }
    head_.resize(found + mark.size());
    bytes.remove_prefix(head_.size() - before);
    return true;
  };
  while (!bytes.empty() && state_ != State::kDone) {
    switch (state_) {
      case State::kHead:
        if (through("\r\n\r\n")) ReadHead();
        break;
      case State::kBody:
      case State::kChunk: {
        const std::size_t part = std::min(left_, bytes.size());
        bytes.remove_prefix(part);
        body_bytes_ += part;
        left_ -= part;
        if (left_ == 0) state_ = state_ == State::kBody ? State::kDone : State::kChunkSize;
        break;
      }
      case State::kChunkSize:
        // The line break after the last chunk comes first.
        if (!through("\r\n")) break;
        if (head_ != "\r\n") {
          left_ = std::strtoull(head_.c_str(), nullptr, 16);
          state_ = left_ > 0 ? State::kChunk : State::kTrailers;
        }
        head_.clear();
        break;
      case State::kTrailers:
        if (!through("\r\n")) break;
        if (head_ == "\r\n") state_ = State::kDone;
        head_.clear();
        break;
      case State::kDone:
        break;
    }
  }
  return size - bytes.size();
}

HttpLoad::HttpLoad(int port, std::string request, std::size_t connections, int status)
    : port_(port),
      request_(std::move(request)),
      status_(status),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(256 << 10),
      connections_(connections) {
  LoadResult ignored;
  for (std::size_t i = 0; i < connections; ++i) {
    Dial(i);
    Send(i, Now());
    epoll_event event{};
    while (connections_[i].busy) {
      if (epoll_wait(poll_, &event, 1, -1) > 0) Receive(event.data.u64, &ignored);
    }
  }
}

HttpLoad::~HttpLoad() {
  for (const Connection& connection : connections_) close(connection.fd);
  close(poll_);
}

void HttpLoad::Dial(std::size_t index) {
  Connection& connection = connections_[index];
  if (connection.fd >= 0) close(connection.fd);
  connection.fd = Connect(port_);
  Watch(poll_, connection.fd, index);
}

void HttpLoad::Send(std::size_t index, std::int64_t since) {
  Connection& connection = connections_[index];
  connection.busy = true;
  connection.since = since;
  connection.reply.Reset();
  SendAll(connection.fd, request_);
}

bool HttpLoad::Receive(std::size_t index, LoadResult* result) {
  Connection& connection = connections_[index];
  const auto got = recv(connection.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return false;
  if (got <= 0) {
    if (connection.busy) Fail("the server closed a connection instead of answering");
    Dial(index);  // Idle for too long.
    return false;
  }
  const auto bytes = static_cast<std::size_t>(got);
  if (connection.reply.Take({buffer_.data(), bytes}) != bytes) Fail("more than one reply");
  if (!connection.reply.done()) return false;
  result->delays.push_back(static_cast<double>(Now() - connection.since) / 1e3);
  result->body_bytes += connection.reply.body_bytes();
  if (status_ == 0) status_ = connection.reply.status();
  if (connection.reply.status() != status_) ++result->wrong;
  connection.busy = false;
  if (connection.reply.closes()) Dial(index);
  return true;
}

LoadResult HttpLoad::Closed(std::chrono::nanoseconds how_long) {
  LoadResult result;
  const std::int64_t start = Now();
  const std::int64_t until = start + how_long.count();
  for (std::size_t i = 0; i < connections_.size(); ++i) Send(i, Now());
  std::size_t busy = connections_.size();
  epoll_event events[256];
  while (busy > 0) {
    const int count = epoll_wait(poll_, events, 256, -1);
    for (int e = 0; e < count; ++e) {
      const std::size_t i = events[e].data.u64;
      if (!Receive(i, &result)) continue;
      const std::int64_t now = Now();
      if (now < until)
        Send(i, now);
      else
        --busy;
    }
  }
  result.seconds = static_cast<double>(Now() - start) / 1e9;
  return result;
}

LoadResult HttpLoad::Open(double rate, std::chrono::nanoseconds how_long) {
  LoadResult result;
  std::vector<std::size_t> free;
  for (std::size_t i = connections_.size(); i > 0; --i) free.push_back(i - 1);
  const auto total =
      static_cast<std::int64_t>(rate * std::chrono::duration<double>(how_long).count());
  const std::int64_t start = Now();
  const auto due = [&](std::int64_t i) {
    return start + static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / rate);
  };
  epoll_event events[256];
  for (std::int64_t sent = 0; sent < total || free.size() < connections_.size();) {
    std::int64_t now = Now();
    while (sent < total && !free.empty() && due(sent) <= now) {
      const std::size_t i = free.back();
      free.pop_back();
      Send(i, due(sent++));
      now = Now();
    }
    timespec pause{3600, 0};
    if (sent < total && !free.empty()) {
      const std::int64_t left = std::max<std::int64_t>(due(sent) - now, 0);
      pause = {left / kSecond, left % kSecond};
    }
    const int count = epoll_pwait2(poll_, events, 256, &pause, nullptr);
    for (int e = 0; e < count; ++e) {
      if (Receive(events[e].data.u64, &result)) free.push_back(events[e].data.u64);
    }
  }
  result.seconds = static_cast<double>(Now() - start) / 1e9;
  return result;
}

LoadResult WatchEvents(int port, const std::string& request, std::size_t streams,
                       std::chrono::nanoseconds warmup, std::chrono::nanoseconds how_long,
                       const OnStart& on_start) {
  LoadResult result;
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<int> fds;
  for (std::size_t i = 0; i < streams; ++i) {
    fds.push_back(Connect(port));
    Watch(poll, fds[i], i);
    SendAll(fds[i], request);
  }
  std::int64_t start = 0;  // Of measuring; 0 before.
  std::int64_t until = Now() + warmup.count();
  std::string buffer(64 << 10, '\0');
  epoll_event events[256];
  constexpr std::string_view kMark = "\"sent\":\"";
  while (true) {
    if (Now() >= until) {
      if (start != 0) break;
      if (on_start) on_start();
      start = Now();
      until = start + how_long.count();
    }
    const int count = epoll_wait(poll, events, 256, 100);
    for (int e = 0; e < count; ++e) {
      const auto got = recv(fds[events[e].data.u64], buffer.data(), buffer.size(), 0);
      const std::int64_t now = Now();
      if (got <= 0) Fail("an event stream ended");
      if (start == 0) continue;
      result.body_bytes += static_cast<std::size_t>(got);
      const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
      for (auto at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at + 1))
        result.delays.push_back(
            static_cast<double>(now - std::atoll(buffer.c_str() + at + kMark.size())) / 1e3);
    }
  }
  result.seconds = static_cast<double>(Now() - start) / 1e9;
  for (const int fd : fds) close(fd);
  close(poll);
  return result;
}

LoadResult EchoMessages(int port, const std::string& target, const std::string& text,
                        std::size_t connections, std::chrono::nanoseconds warmup,
                        std::chrono::nanoseconds how_long, const OnStart& on_start) {
  struct Peer {
    int fd = -1;
    std::int64_t since = 0;
    std::string unread{};
  };
  const std::string frame = MaskedTextFrame(text);
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Peer> peers(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    peers[i].fd = ConnectWebSocket(port, target);
    Watch(poll, peers[i].fd, i);
    peers[i].since = Now();
    SendAll(peers[i].fd, frame);
  }
  LoadResult result;
  std::int64_t start = 0;  // Of measuring; 0 before.
  std::int64_t until = Now() + warmup.count();
  char buffer[16 << 10];
  epoll_event events[256];
  while (true) {
    if (Now() >= until) {
      if (start != 0) break;
      if (on_start) on_start();
      start = Now();
      until = start + how_long.count();
    }
    const int count = epoll_wait(poll, events, 256, 100);
    for (int e = 0; e < count; ++e) {
      Peer& peer = peers[events[e].data.u64];
      const auto got = recv(peer.fd, buffer, sizeof buffer, 0);
      if (got <= 0) Fail("a WebSocket ended");
      peer.unread.append(buffer, static_cast<std::size_t>(got));
      if (peer.unread.size() < 4) continue;
      if (peer.unread[0] != '\x81') Fail("no text message");
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(peer.unread[i]); };
      const std::size_t size = byte(1) < 126 ? 2u + byte(1) : 4u + (byte(2) << 8 | byte(3));
      if (peer.unread.size() < size) continue;
      if (peer.unread.size() > size) Fail("more than one message");
      peer.unread.clear();
      const std::int64_t now = Now();
      if (start != 0) {
        result.delays.push_back(static_cast<double>(now - peer.since) / 1e3);
        result.body_bytes += size;
      }
      peer.since = now;
      SendAll(peer.fd, frame);
    }
  }
  result.seconds = static_cast<double>(Now() - start) / 1e9;
  for (const Peer& peer : peers) close(peer.fd);
  close(poll);
  return result;
}

}  // namespace kratos::bench
