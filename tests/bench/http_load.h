// Load on an HTTP server: one request again and again, over keep-alive connections in one epoll
// loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::bench {

/// Nanoseconds of the monotonic clock, which is the same in all processes.
std::int64_t Now();

/// The value below which `p` of all values lie; sorts them. 0 of none.
double Percentile(std::vector<double>& values, double p);

/// Finds the end of a reply in a stream of bytes, and says no more of it than load needs.
class ReplyReader {
 public:
  /// Takes bytes up to the end of the reply at most, and returns how many.
  std::size_t Take(std::string_view bytes);
  bool done() const { return state_ == State::kDone; }
  int status() const { return status_; }
  /// The server will close the connection.
  bool closes() const { return closes_; }
  std::size_t body_bytes() const { return body_bytes_; }
  /// Ready for the next reply.
  void Reset();

 private:
  enum class State { kHead, kBody, kChunkSize, kChunk, kTrailers, kDone };
  void ReadHead();

  State state_ = State::kHead;
  std::string head_{};  // Head, chunk size or trailers while they are incomplete.
  std::size_t left_ = 0;
  std::size_t body_bytes_ = 0;
  int status_ = 0;
  bool closes_ = false;
};

/// What a run of load gave.
struct LoadResult {
  /// Of each reply, in microseconds, in the order they came.
  std::vector<double> delays{};
  std::size_t body_bytes = 0;
  /// Replies with another status than the first one that ever came, or the one asked for.
  std::size_t wrong = 0;
  double seconds = 0;
};

/// Connections that are kept between runs. One that the server closes after a reply is made anew.
class HttpLoad {
 public:
  /// `status`: what every reply must have; 0: as the first one. Connects one after the other, with
  /// one request each, so that no server's queue of new connections overflows.
  HttpLoad(int port, std::string request, std::size_t connections, int status = 0);
  ~HttpLoad();
  HttpLoad(const HttpLoad&) = delete;
  HttpLoad& operator=(const HttpLoad&) = delete;

  /// Closed loop: each connection sends again when its reply has come. A delay is that of a reply
  /// after its request was sent.
  LoadResult Closed(std::chrono::nanoseconds how_long);
  /// Open loop: `rate` requests a second are due, whether or not earlier ones were answered. A
  /// delay counts from the moment the request was due, so that a stall shows in all the requests
  /// that it held up.
  LoadResult Open(double rate, std::chrono::nanoseconds how_long);

 private:
  struct Connection {
    int fd = -1;
    std::int64_t since = 0;
    bool busy = false;
    ReplyReader reply{};
  };
  void Dial(std::size_t index);
  void Send(std::size_t index, std::int64_t since);
  /// Takes what came on a connection. True when it is free again.
  bool Receive(std::size_t index, LoadResult* result);

  const int port_;
  const std::string request_;
  int status_;
  int poll_;
  std::vector<char> buffer_;
  std::vector<Connection> connections_;
};

/// Called between warming up and measuring.
using OnStart = std::function<void()>;

/// Server-sent events of `streams` connections that all send `request`, for `how_long` after
/// `warmup`. Delays are those of messages after the time in their field "sent", nanoseconds of the
/// monotonic clock.
LoadResult WatchEvents(int port, const std::string& request, std::size_t streams,
                       std::chrono::nanoseconds warmup, std::chrono::nanoseconds how_long,
                       const OnStart& on_start = {});

/// Closed loop over WebSockets of a service that answers each text message with one.
LoadResult EchoMessages(int port, const std::string& target, const std::string& text,
                        std::size_t connections, std::chrono::nanoseconds warmup,
                        std::chrono::nanoseconds how_long, const OnStart& on_start = {});

}  // namespace kratos::bench
