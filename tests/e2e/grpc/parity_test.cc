// The same service and the same middleware over HTTP and over gRPC: what they see must be the same.
// What the ready-made ones do in each place is behaviour_table_test.cc's.
#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fixture.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/middleware/metadata_propagation.h"
#include "kratos/middleware/recovery.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using google::protobuf::Message;
using kratos::Status;
namespace mw = kratos::middleware;

/// What one run of a middleware saw, as text, without what must differ: kind, endpoint, path
/// template, ports.
class Recorder {
 public:
  kratos::Middleware Middleware(std::string where) {
    return [this, where](kratos::Handler next) -> kratos::Handler {
      return [this, where, next](kratos::Context& ctx, const Message& request,
                                 Message* reply) -> Status {
        std::string line = where;
        const auto add = [&](std::string_view key, std::string_view value) {
          line.append(" ").append(key).append("=").append(value);
        };
        const kratos::TransportInfo& info = ctx.transport();
        add("side", info.side == kratos::TransportInfo::Side::kServer ? "server" : "client");
        add("operation", info.operation);
        add("app", ctx.app() != nullptr ? ctx.app()->name : "none");
        add("streams",
            std::string(info.request_stream ? "in" : "-") + (info.reply_stream ? "out" : "-"));
        add("peer", info.peer.substr(0, info.peer.rfind(':')));
        add("deadline", ctx.deadline() ? "yes" : "no");
        add("bound", std::to_string(ctx.bind_status().code()));
        for (const auto& [name, value] : ctx.request_header()) {
          if (name.starts_with("x-") || name.starts_with("X-")) add(name, value);
        }
        for (const auto& [name, value] : ctx.server_metadata()) add("md:" + name, value);
        add("request", request.GetTypeName() + "{" + request.ShortDebugString() + "}");
        const Status status = next(ctx, request, reply);
        add("status", std::to_string(status.code()) + status.reason() + status.message());
        add("reply", reply->GetTypeName() + "{" + reply->ShortDebugString() + "}");
        add("reply-header", ctx.reply_header().Get("x-reply"));
        add("cancelled", ctx.cancelled() ? "yes" : "no");
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        return status;
      };
    };
  }
  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

void Script(TalkerService* service) {
  service->say = [](kratos::Context& ctx, const Line& request, Line* reply) -> Status {
    ctx.mutable_reply_header().Set("x-reply", "set");
    if (request.text() == "fail")
      return kratos::Error(418, "TEAPOT", "short").WithMetadata("a", "b");
    if (request.text() == "throw") throw std::runtime_error("tiger");
    reply->set_text("heard " + request.text());
    return {};
  };
}

/// Calls `client`, of either transport, in every way; the answers as text.
template <class Client, class Options>
std::vector<std::string> CallAll(const Client& client, const Options& options) {
  std::vector<std::string> answers;
  const auto note = [&answers](const Status& status, const Line& reply) {
    std::string metadata;
    if (!status.ok()) {
      for (const auto& [key, value] : status.error().metadata()) metadata += key + '=' + value;
    }
    answers.push_back(std::to_string(status.code()) + ' ' + status.reason() + ' ' +
                      status.message() + ' ' + metadata + ' ' + reply.ShortDebugString());
  };
  for (const char* text : {"hello", "fail", "throw"}) {
    kratos::Context ctx;
    Line reply;
    const Status status = client.Say(ctx, MakeLine(text, 7), &reply, options);
    note(status, reply);
  }
  Line reply;
  kratos::Context ctx;
  auto reader = client.Count(ctx, MakeLine("", 3), options);
  REQUIRE(reader.ok());
  while (true) {
    const auto more = reader->Recv(&reply);
    if (!more.ok() || !*more) {
      note(more.status(), reply);
      break;
    }
    note(Status(), reply);
  }
  auto writer = client.Sum(ctx, options);
  REQUIRE(writer.ok());
  for (int i = 1; i <= 3; ++i) REQUIRE(writer->Send(MakeLine("", i)).ok());
  reply.Clear();
  const Status summed = writer->CloseAndRecv(&reply);
  note(summed, reply);
  auto stream = client.Chat(ctx, options);
  REQUIRE(stream.ok());
  REQUIRE(stream->Send(MakeLine("x", 1)).ok());
  REQUIRE(*stream->Recv(&reply));
  note(Status(), reply);
  REQUIRE(stream->CloseSend().ok());
  const auto end = stream->Recv(&reply);
  note(end.status(), Line());
  return answers;
}

/// A server of each transport and a client of each, with the same middleware on both sides.
class Pair {
 public:
  Pair(const std::vector<kratos::Middleware>& server, const std::vector<kratos::Middleware>& client)
      : http_(WithHttp(server)), grpc_(WithGrpc(server)), client_middleware_(client) {
    Script(&grpc_.service());
    auto service = std::make_shared<TalkerService>();
    Script(service.get());
    RegisterTalkerHttpServer(http_.server(), service);
    const auto app = std::make_shared<const kratos::AppInfo>(kratos::AppInfo{.name = "talking"});
    http_.server().SetApp(app);
    grpc_.server().SetApp(app);
    http_.Start();
    grpc_.Start();
  }
  TalkerHttpClient Http() const {
    kratos::http::ClientOptions options;
    options.endpoint = http_.Url("");
    options.timeout = std::chrono::milliseconds(0);
    options.middleware = client_middleware_;
    auto client = kratos::http::Client::Create(std::move(options));
    REQUIRE(client.ok());
    return TalkerHttpClient(*client);
  }
  TalkerGrpcClient Grpc() const { return grpc_.Client(client_middleware_); }

 private:
  static kratos::http::ServerOptions WithHttp(const std::vector<kratos::Middleware>& middleware) {
    auto options = LocalOptions();
    options.engine = "";
    options.timeout = std::chrono::minutes(1);
    options.middleware = middleware;
    return options;
  }
  static kratos::grpc::ServerOptions WithGrpc(const std::vector<kratos::Middleware>& middleware) {
    auto options = LocalGrpcOptions();
    options.timeout = std::chrono::minutes(1);
    options.middleware = middleware;
    return options;
  }

  TestServer http_;
  KratosServer grpc_;
  const std::vector<kratos::Middleware> client_middleware_;
};

TEST_CASE("grpc and http: middleware of the server sees the same, and so does the caller") {
  Recorder recorder;
  const Pair pair({mw::Recovery(), recorder.Middleware("outer"), mw::MetadataPropagation(),
                   recorder.Middleware("inner")},
                  {});
  kratos::http::CallOptions http_options;
  http_options.headers = {{"x-md-color", "red"}, {"x-other", "1"}};
  kratos::grpc::CallOptions grpc_options;
  grpc_options.headers = http_options.headers;
  const auto http_answers = CallAll(pair.Http(), http_options);
  const auto http_seen = recorder.Take();
  const auto grpc_answers = CallAll(pair.Grpc(), grpc_options);
  const auto grpc_seen = recorder.Take();
  CHECK(http_answers == grpc_answers);
  CHECK(http_answers.size() == 3 + 4 + 1 + 2);
  CHECK(http_seen == grpc_seen);
  CHECK(http_seen.size() == 12);
  for (const std::string& line : grpc_seen) UNSCOPED_INFO(line);
  CHECK(grpc_seen[0].find("md:x-md-color=red") != std::string::npos);
}

TEST_CASE("grpc and http: middleware of the client sees the same") {
  Recorder recorder;
  const Pair pair({}, {recorder.Middleware("client")});
  const auto http_answers = CallAll(pair.Http(), kratos::http::CallOptions());
  auto http_seen = recorder.Take();
  const auto grpc_answers = CallAll(pair.Grpc(), kratos::grpc::CallOptions());
  auto grpc_seen = recorder.Take();
  CHECK(http_answers == grpc_answers);
  REQUIRE(http_seen.size() == 6);
  REQUIRE(grpc_seen.size() == 6);
  // Streams: HTTP's opening has answered by then, or not; gRPC's never has.
  http_seen.resize(3);
  grpc_seen.resize(3);
  CHECK(http_seen == grpc_seen);
}

}  // namespace
}  // namespace e2e::talker
