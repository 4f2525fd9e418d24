// The four places in which middleware can stand, servers and clients of both transports, behind one
// face.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fixture.h"
#include "kratos/grpc/client.h"
#include "kratos/http/client.h"
#include "support/catch.h"

namespace e2e::talker {

using google::protobuf::Message;
using kratos::Metadata;
using kratos::Status;

using Chain = std::vector<kratos::Middleware>;
/// What the method does; null: it answers its request.
using Script = std::function<Status(kratos::Context&, const Line&, Line*)>;

struct Outcome {
  Status status;
  std::string text;
  /// The reply's fields.
  Metadata header;
};

class Caller {
 public:
  virtual ~Caller() = default;
  Outcome Say(kratos::Context& ctx, const std::string& text, const Metadata& header = {}) const {
    return DoSay(ctx, text, header);
  }
  /// The other operation: a stream of one message, read to its end.
  virtual Status Count() const = 0;

 private:
  virtual Outcome DoSay(kratos::Context& ctx, const std::string& text,
                        const Metadata& header) const = 0;
};

struct ClientSetup {
  Chain middleware{};
  /// HTTP: ClientOptions::send_deadline. gRPC always does.
  bool send_deadline = false;
};

struct ServerSetup {
  Chain middleware{};
  Script say{};
  std::chrono::milliseconds timeout{0};
};

/// A running server.
class Callee {
 public:
  virtual ~Callee() = default;
  virtual std::unique_ptr<Caller> Client(ClientSetup setup) const = 0;
  /// Returns when nothing of any call is left to be done.
  virtual void Stop() = 0;
};

template <class Generated, class Options, class Info>
class CallerOf final : public Caller {
 public:
  explicit CallerOf(Generated client) : client_(std::move(client)) {}
  Status Count() const override {
    kratos::Context ctx;
    auto reader = client_.Count(ctx, MakeLine("", 1), Options());
    if (!reader.ok()) return reader.status();
    Line line;
    while (true) {
      const kratos::Result<bool> more = reader->Recv(&line);
      if (!more.ok() || !*more) return more.status();
    }
  }

 private:
  Outcome DoSay(kratos::Context& ctx, const std::string& text,
                const Metadata& header) const override {
    Info info;
    Options options;
    options.headers = header;
    options.reply_info = &info;
    Line reply;
    Status status = client_.Say(ctx, MakeLine(text, 7), &reply, options);
    return {std::move(status), reply.text(), info.headers};
  }

  Generated client_;
};

class HttpCallee final : public Callee {
 public:
  explicit HttpCallee(ServerSetup setup) : server_(Options(setup)) {
    auto service = std::make_shared<TalkerService>();
    service->say = std::move(setup.say);
    RegisterTalkerHttpServer(server_.server(), service);
    server_.Start();
  }
  std::unique_ptr<Caller> Client(ClientSetup setup) const override {
    kratos::http::ClientOptions options;
    options.endpoint = server_.Url("");
    options.timeout = std::chrono::milliseconds(0);
    options.middleware = std::move(setup.middleware);
    options.send_deadline = setup.send_deadline;
    auto client = kratos::http::Client::Create(std::move(options));
    REQUIRE(client.ok());
    return std::make_unique<
        CallerOf<TalkerHttpClient, kratos::http::CallOptions, kratos::http::ReplyInfo>>(
        TalkerHttpClient(*client));
  }
  void Stop() override { CHECK(server_.Stop().ok()); }

 private:
  static kratos::http::ServerOptions Options(const ServerSetup& setup) {
    auto options = LocalOptions();
    options.engine = "";
    options.timeout = setup.timeout;
    options.middleware = setup.middleware;
    return options;
  }

  TestServer server_;
};

class GrpcCallee final : public Callee {
 public:
  explicit GrpcCallee(ServerSetup setup) : server_(Options(setup)) {
    server_.service().say = std::move(setup.say);
    server_.Start();
  }
  std::unique_ptr<Caller> Client(ClientSetup setup) const override {
    return std::make_unique<
        CallerOf<TalkerGrpcClient, kratos::grpc::CallOptions, kratos::grpc::ReplyInfo>>(
        server_.Client(std::move(setup.middleware)));
  }
  void Stop() override { CHECK(server_.Stop().ok()); }

 private:
  static kratos::grpc::ServerOptions Options(const ServerSetup& setup) {
    auto options = LocalGrpcOptions();
    options.timeout = setup.timeout;
    options.middleware = setup.middleware;
    return options;
  }

  KratosServer server_;
};

template <class T>
std::unique_ptr<Callee> Make(ServerSetup setup) {
  return std::make_unique<T>(std::move(setup));
}

/// One of the four places.
struct Column {
  const char* name;
  /// As contexts, logs and labels have them.
  const char* kind;
  const char* side;
  bool server;
  std::unique_ptr<Callee> (*serve)(ServerSetup setup);
};

constexpr Column kColumns[] = {
    {"HTTP server", "http", "server", true, Make<HttpCallee>},
    {"gRPC server", "grpc", "server", true, Make<GrpcCallee>},
    {"HTTP client", "http", "client", false, Make<HttpCallee>},
    {"gRPC client", "grpc", "client", false, Make<GrpcCallee>},
};

/// Looks at a call before it goes on, and may end it.
inline kratos::Middleware Before(std::function<Status(kratos::Context&)> look) {
  return [look](kratos::Handler next) -> kratos::Handler {
    return [look, next](kratos::Context& ctx, const Message& request, Message* reply) -> Status {
      if (Status status = look(ctx); !status.ok()) return status;
      return next(ctx, request, reply);
    };
  };
}

/// A server and a client of it, with the middleware in question in the column's place.
class Bench {
 public:
  /// What `say` captures must outlive the bench.
  Bench(const Column& column, Chain subject, Script say = nullptr) {
    ServerSetup server;
    ClientSetup client;
    server.middleware = {Before([this](kratos::Context&) {
      ++arrived_;
      return Status();
    })};
    Chain& where = column.server ? server.middleware : client.middleware;
    where.insert(where.end(), subject.begin(), subject.end());
    server.say = [this, say](kratos::Context& ctx, const Line& request, Line* reply) -> Status {
      ++ran_;
      if (say) return say(ctx, request, reply);
      *reply = request;
      return {};
    };
    callee_ = column.serve(std::move(server));
    caller_ = callee_->Client(std::move(client));
  }

  Outcome Say(const std::string& text, const Metadata& header = {}) const {
    kratos::Context ctx;
    return caller_->Say(ctx, text, header);
  }
  const Caller& caller() const { return *caller_; }
  void Stop() { callee_->Stop(); }
  /// Calls of Say and Count that reached the server, and calls of Say that reached the method.
  int arrived() const { return arrived_; }
  int ran() const { return ran_; }

 private:
  // Before the server, whose threads count.
  std::atomic<int> arrived_ = 0;
  std::atomic<int> ran_ = 0;
  std::unique_ptr<Callee> callee_;
  std::unique_ptr<Caller> caller_;
};

}  // namespace e2e::talker
