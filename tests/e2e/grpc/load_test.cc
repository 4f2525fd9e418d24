// A program that is told to stop while clients of both transports call it as fast as they can.
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "harness.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/client.h"
#include "kratos/http/client.h"
#include "support/catch.h"
#include "talker.http.pb.h"
#include "talker.kratos_grpc.pb.h"

namespace e2e::talker {
namespace {

using kratos::Status;

/// How a call went: "" for a good one, kRefused, or what is wrong.
using Answer = std::string;
constexpr char kGood[] = "";
constexpr char kRefused[] = "refused";

constexpr int kGoodBeforeStop = 200;  // Of each transport.
constexpr int kRefusals = 3;          // In a row: then a caller gives up.
constexpr int kHolds = 3;             // Of each transport.

/// What callers of one transport have seen. Thread-safe.
class Tally {
 public:
  void Good() {
    const std::lock_guard lock(mutex_);
    ++good_;
    changed_.notify_all();
  }
  /// The first thing is kept; callers give up then.
  void Wrong(const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (wrong_.empty()) wrong_ = what;
    changed_.notify_all();
  }
  /// Also returns when something is wrong.
  void WaitForGood(int least) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return good_ >= least || !wrong_.empty(); });
  }
  int good() const {
    const std::lock_guard lock(mutex_);
    return good_;
  }
  std::string wrong() const {
    const std::lock_guard lock(mutex_);
    return wrong_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int good_ = 0;
  std::string wrong_;
};

Line MakeLine(std::string text, int number) {
  Line line;
  line.set_text(std::move(text));
  line.set_number(number);
  return line;
}

/// Any failure must be a refusal. That of gRPC itself, to a call that meets its goodbye halfway, is
/// CANCELLED.
Answer AnswerOf(const Status& status, const Line& request, const Line& reply, bool over_grpc) {
  if (kratos::IsServiceUnavailable(status)) return kRefused;
  if (over_grpc && status.reason() == kratos::kReasonCanceled) return kRefused;
  if (!status.ok()) return status.error().ToString();
  const bool right = reply.text() == request.text() && reply.number() == request.number();
  return right ? kGood : "the reply " + reply.ShortDebugString();
}

/// Threads that call until they are refused.
class Callers {
 public:
  ~Callers() { Join(); }
  /// `call` gets the number of the call, from 1 on.
  void Add(Tally& tally, std::function<Answer(int)> call) {
    threads_.emplace_back([this, &tally, call = std::move(call)] {
      for (int number = 1, refused = 0; refused < kRefusals && tally.wrong().empty(); ++number) {
        const Answer answer = call(number);
        if (answer == kGood) {
          refused = 0;
          tally.Good();
        } else if (answer != kRefused) {
          tally.Wrong(answer);
        } else if (!stopping_) {
          tally.Wrong("refused before anybody asked for the stop");
        } else {
          ++refused;
        }
      }
    });
  }
  void Stopping() { stopping_ = true; }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

TalkerHttpClient HttpClient(int port) {
  kratos::http::ClientOptions options;
  options.endpoint = "127.0.0.1:" + std::to_string(port);
  options.timeout = std::chrono::minutes(2);
  auto client = kratos::http::Client::Create(std::move(options));
  REQUIRE(client.ok());
  return TalkerHttpClient(*client);
}

TalkerGrpcClient GrpcClient(int port) {
  kratos::grpc::ClientOptions options;
  options.endpoint = "127.0.0.1:" + std::to_string(port);
  options.timeout = std::chrono::minutes(2);
  auto client = kratos::grpc::Client::Create(std::move(options));
  REQUIRE(client.ok());
  return TalkerGrpcClient(*client);
}

template <class Client>
Answer Call(const Client& client, int number, const std::string& text = "x") {
  kratos::Context ctx;
  const Line request = MakeLine(text, number);
  Line reply;
  const Status status = client.Say(ctx, request, &reply);
  return AnswerOf(status, request, reply, std::is_same_v<Client, TalkerGrpcClient>);
}

Answer Post(const TalkerHttpClient& client, int number) {
  kratos::Context ctx;
  const Line request = MakeLine("y", number);
  Line reply;
  kratos::http::CallOptions options;
  options.binding = 1;
  const Status status = client.Say(ctx, request, &reply, options);
  return AnswerOf(status, request, reply, false);
}

/// One connection for as long as it lasts. What it is not answered at all was refused.
class Bare {
 public:
  explicit Bare(int port) : port_(port) {}
  Answer operator()(int number) {
    if (!connection_) connection_ = std::make_shared<RawConnection>(port_);
    const std::string text = std::to_string(number);
    Reply reply;
    if (connection_->Send("GET /v1/say/z?number=" + text + " HTTP/1.1\r\nHost: h\r\n\r\n"))
      reply = connection_->Read();
    if (reply.status != 200 || reply.headers.Get("Connection") == "close") connection_.reset();
    if (reply.status == 0 || reply.status == 503) return kRefused;
    const bool right = reply.status == 200 && reply.body.find("\"z\"") != std::string::npos &&
                       reply.body.find("\"number\":" + text) != std::string::npos;
    return right ? kGood : std::to_string(reply.status) + ' ' + reply.body;
  }

 private:
  int port_;
  std::shared_ptr<RawConnection> connection_;
};

TEST_CASE("load: a program that gets SIGTERM loses no call of either transport") {
  RunningProgram program({KRATOS_LOAD_PROGRAM, EngineName()});
  int http_port = 0;
  int grpc_port = 0;
  REQUIRE(std::sscanf(program.ReadLine().c_str(), "port %d %d", &http_port, &grpc_port) == 2);

  const auto http = HttpClient(http_port);
  const auto grpc = GrpcClient(grpc_port);
  Tally of_http;
  Tally of_grpc;
  // Calls that are sure to run while the servers stop.
  std::vector<std::thread> holders;
  std::atomic<int> held_http = 0;
  std::atomic<int> held_grpc = 0;
  for (int i = 0; i < kHolds; ++i) {
    holders.emplace_back([&, i] { held_http += Call(http, i, "hold") == kGood; });
    holders.emplace_back([&, i] { held_grpc += Call(grpc, i, "hold") == kGood; });
  }
  for (int i = 0; i < 2 * kHolds; ++i) CHECK(program.ReadLine().starts_with("holding "));

  Callers callers;
  callers.Add(of_http, [&](int number) { return Call(http, number); });
  callers.Add(of_http, [&](int number) { return Post(http, number); });
  callers.Add(of_http, Bare(http_port));
  callers.Add(of_http, Bare(http_port));
  for (int i = 0; i < 3; ++i) callers.Add(of_grpc, [&](int number) { return Call(grpc, number); });
  of_http.WaitForGood(kGoodBeforeStop);
  of_grpc.WaitForGood(kGoodBeforeStop);
  callers.Stopping();
  program.Signal(SIGTERM);
  callers.Join();
  // New calls are refused, and the old ones still run.
  CHECK(held_http == 0);
  CHECK(held_grpc == 0);
  program.Signal(SIGUSR2);
  for (std::thread& holder : holders) holder.join();
  CHECK(held_http == kHolds);
  CHECK(held_grpc == kHolds);

  int ran_http = 0;
  int ran_grpc = 0;
  REQUIRE(std::sscanf(program.ReadLine().c_str(), "ran %d %d", &ran_http, &ran_grpc) == 2);
  CHECK(program.Wait() == 0);
  // So each call that ran was answered, and none that was refused had run.
  CHECK(ran_http == of_http.good() + kHolds);
  CHECK(ran_grpc == of_grpc.good() + kHolds);
  CHECK(of_http.wrong() == "");
  CHECK(of_grpc.wrong() == "");
}

}  // namespace
}  // namespace e2e::talker
