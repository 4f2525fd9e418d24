// A server in this process, and two ways of talking to it from outside: the curl program, and a
// socket for exact bytes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "kratos/http/context.h"
#include "kratos/http/server.h"
#include "kratos/log/log.h"
#include "kratos/metadata/metadata.h"

namespace e2e {

/// The engine under test: KRATOS_E2E_ENGINE, or httplib. The whole suite runs once for each.
std::string EngineName();

/// Options for a test's server: the engine, loopback, a free port.
kratos::http::ServerOptions LocalOptions();

/// What came back.
struct Reply {
  int status = 0;  ///< 0: no HTTP reply
  kratos::Metadata headers;
  std::string body;
  int exit_code = 0;  ///< curl's
  std::string error;  ///< curl's stderr
};

/// Runs `curl` with these arguments, never for longer than 60 s; no shell in between.
Reply Curl(std::vector<std::string> arguments);
/// Starts curl without waiting for it.
class RunningCurl {
 public:
  explicit RunningCurl(std::vector<std::string> arguments);
  ~RunningCurl();
  RunningCurl(const RunningCurl&) = delete;
  RunningCurl& operator=(const RunningCurl&) = delete;
  Reply Wait();
  void Kill();

 private:
  int pid_ = -1;
  int out_ = -1;
  int err_ = -1;
};

/// A program that runs beside the test and is ended with the object.
class RunningProgram {
 public:
  explicit RunningProgram(const std::vector<std::string>& arguments);
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  /// The next line of its output, without the line break; "" at the end.
  std::string ReadLine();
  void Signal(int signal);
  /// Waits for its end: its exit status, or 128 and the signal that ended it.
  int Wait();

 private:
  int pid_ = -1;
  int out_ = -1;
  int err_ = -1;
};

/// A one-shot event between threads.
class Event {
 public:
  void Set();
  void Wait();
  /// False when it was not set within `limit`.
  bool WaitFor(std::chrono::milliseconds limit);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// A server that runs on a thread of its own from Start() to Stop() or the end of the scope.
class TestServer {
 public:
  explicit TestServer(kratos::http::ServerOptions options = LocalOptions())
      : server_(std::move(options)) {}
  ~TestServer();

  kratos::http::Server& server() { return server_; }
  kratos::http::Server* operator->() { return &server_; }
  /// Fails the test when the server cannot listen.
  void Start();
  kratos::Status Stop(std::chrono::milliseconds grace = std::chrono::seconds(30));
  /// Waits until Start has returned, and says what it returned.
  kratos::Status Join();

  int port() const { return server_.port(); }
  std::string Url(std::string_view path) const;

  /// curl -X METHOD URL, with more arguments.
  Reply Call(std::string_view method, std::string_view path,
             std::vector<std::string> more = {}) const;
  Reply Get(std::string_view path, std::vector<std::string> more = {}) const {
    return Call("GET", path, std::move(more));
  }
  /// With a body of a type ("" for none).
  Reply Send(std::string_view method, std::string_view path, std::string_view body,
             std::string_view type = "application/json", std::vector<std::string> more = {}) const;

 private:
  kratos::http::Server server_;
  std::thread thread_;
  kratos::Status started_;
  Event ended_;
};

/// A TCP connection to a loopback port.
class RawConnection {
 public:
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False when the peer does not take it any more.
  bool Send(std::string_view bytes);
  /// As Send, but gives up, with false, when the peer takes nothing for a moment.
  bool SendSome(std::string_view bytes);
  void EndSending();
  void Close();
  /// Closes so that the peer gets a reset.
  void Reset();
  /// Reads one reply with its body (none for `head_request`, 204, 304, 1xx). Status 0 when the
  /// connection ended before.
  Reply Read(bool head_request = false);
  /// That many bytes, or what there is before the end of the connection.
  std::string ReadExactly(std::size_t count);
  /// Up to and with `mark`, or what there is before the end of the connection.
  std::string ReadUntil(std::string_view mark);
  /// Everything up to the end of the connection.
  std::string ReadAll();
  /// Waits for the end: true when it came, and nothing more before it.
  bool ReadEnd() { return ReadAll().empty() && !gave_up_; }

 private:
  bool Fill();
  int socket_ = -1;
  bool gave_up_ = false;  // Nothing came for as long as a test may wait.
  std::string in_;
};

/// True when nobody listens on the port.
bool Refused(int port);

/// Sends bytes on a connection of their own and reads one reply.
Reply Exchange(int port, std::string_view bytes);

/// Collects the lines that are logged while it lives, at every level.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  std::string text() const;

 private:
  class Lines;
  std::shared_ptr<Lines> lines_;
};

/// A file below a directory that goes away with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  std::string Path(std::string_view name) const;
  std::string Write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

/// Runs a program to its end without its output; its exit status.
int Run(const std::vector<std::string>& arguments);

/// A value that a handler leaves for the test: a reply on a socket orders nothing between two
/// threads of one process.
template <class T>
class Guarded {
 public:
  void Set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }
  T Get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

/// Lets one through for each opening.
class Gate {
 public:
  void Open();
  void Pass();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = 0;
};

}  // namespace e2e
