// kratos's client calls a plain gRPC server.
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "fixture.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

TEST_CASE("grpc client: a unary call with metadata both ways") {
  NativeServer server;
  std::multimap<std::string, std::string> seen;
  server.service().say = [&](::grpc::ServerContext* ctx, const Line* request, Line* reply) {
    for (const auto& [name, value] : ctx->client_metadata()) {
      seen.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    ctx->AddInitialMetadata("x-first", "1");
    ctx->AddTrailingMetadata("x-last", "2");
    reply->set_text("heard " + request->text());
    return ::grpc::Status::OK;
  };
  auto options = server.Options();
  options.user_agent = "talker/1.0";
  const TalkerGrpcClient client = MakeClient(std::move(options));
  kratos::Context ctx;
  kratos::grpc::ReplyInfo info;
  kratos::grpc::CallOptions call;
  call.headers = {{"X-Color", "red"}, {"x-color", "blue"}, {"x-raw-bin", std::string("\0\1", 2)}};
  call.reply_info = &info;
  Line reply;
  const Status status = client.Say(ctx, MakeLine("hello"), &reply, call);
  INFO(status.message());
  REQUIRE(status.ok());
  CHECK(reply.text() == "heard hello");
  CHECK(seen.count("x-color") == 2);
  CHECK(seen.find("x-raw-bin")->second == std::string("\0\1", 2));
  CHECK(seen.find("user-agent")->second.starts_with("talker/1.0"));
  CHECK(info.headers.Get("x-first") == "1");
  CHECK(info.trailers.Get("x-last") == "2");
}

TEST_CASE("grpc client: what metadata cannot carry is refused before anything is sent") {
  std::atomic<int> calls = 0;
  NativeServer server;
  server.service().say = [&](::grpc::ServerContext*, const Line*, Line*) {
    ++calls;
    return ::grpc::Status::OK;
  };
  const TalkerGrpcClient client = server.Client();
  for (const auto& [name, value] : {std::pair("x-name", "line\r\nbreak"), std::pair("x-name", "é"),
                                    std::pair("x name", "v"), std::pair("x\n", "v")}) {
    kratos::Context ctx;
    kratos::grpc::CallOptions call;
    call.headers.Add(name, value);
    Line reply;
    const Status status = client.Say(ctx, MakeLine(""), &reply, call);
    CHECK(status.code() == 400);
    CHECK(status.reason() == "CODEC");
  }
  CHECK(calls == 0);
}

TEST_CASE("grpc client: errors of any gRPC server") {
  NativeServer server;
  server.service().say = [&](::grpc::ServerContext*, const Line* request, Line*) {
    const auto code = static_cast<::grpc::StatusCode>(request->number());
    if (request->text() == "plain") return ::grpc::Status(code, "as it is");
    if (request->text() == "broken") return ::grpc::Status(code, "as it is", "\xff\xff");
    google::rpc::ErrorInfo info;
    info.set_reason("STOCKOUT");
    info.set_domain("example.org");
    (*info.mutable_metadata())["zone"] = "a";
    google::rpc::Status details;
    details.add_details()->PackFrom(request->number() == 0 ? google::rpc::ErrorInfo() : info);
    return ::grpc::Status(code, "none left", details.SerializeAsString());
  };
  const TalkerGrpcClient client = server.Client();
  const auto call = [&](std::string text, int code) {
    kratos::Context ctx;
    Line reply;
    return client.Say(ctx, MakeLine(std::move(text), code), &reply);
  };
  const Status detailed = call("details", 8);
  CHECK(detailed.code() == 429);
  CHECK(detailed.reason() == "STOCKOUT");
  CHECK(detailed.message() == "none left");
  CHECK(detailed.error().metadata().at("zone") == "a");
  CHECK(call("plain", 2).code() == 500);
  CHECK(call("plain", 2).reason() == "");
  CHECK(call("plain", 6).code() == 409);
  CHECK(call("plain", 11).code() == 400);
  CHECK(call("plain", 15).code() == 500);
  CHECK(call("plain", 12).reason() == "UNIMPLEMENTED");
  CHECK(call("plain", 14).reason() == "UNAVAILABLE");
  CHECK(call("broken", 5).code() == 404);
  CHECK(call("plain", 31).code() == 500);
}

TEST_CASE("grpc client: the three kinds of streams") {
  NativeServer server;
  server.service().count = [](::grpc::ServerContext* ctx, const Line* request,
                              ::grpc::ServerWriter<Line>* out) {
    ctx->AddInitialMetadata("x-first", "yes");
    for (int i = 1; i <= request->number(); ++i) out->Write(MakeLine("", i));
    return request->text() == "fail" ? ::grpc::Status(::grpc::StatusCode::ABORTED, "as asked")
                                     : ::grpc::Status::OK;
  };
  const TalkerGrpcClient client = server.Client();
  Line line;
  {
    kratos::Context ctx;
    auto reader = client.Count(ctx, MakeLine("", 1000));
    REQUIRE(reader.ok());
    for (int i = 1; i <= 1000; ++i) {
      const auto more = reader->Recv(&line);
      REQUIRE((more.ok() && *more));
      CHECK(line.number() == i);
    }
    CHECK(reader->reply_header().Get("x-first") == "yes");
    const auto end = reader->Recv(&line);
    CHECK((end.ok() && !*end));
    const auto again = reader->Recv(&line);
    CHECK((again.ok() && !*again));
  }
  {
    kratos::Context ctx;
    auto reader = client.Count(ctx, MakeLine("fail", 1));
    REQUIRE(reader.ok());
    CHECK(*reader->Recv(&line));
    const auto end = reader->Recv(&line);
    CHECK(end.status().code() == 409);
    CHECK(end.status().message() == "as asked");
  }
  {
    kratos::Context ctx;
    auto writer = client.Sum(ctx);
    REQUIRE(writer.ok());
    for (int i = 1; i <= 1000; ++i) REQUIRE(writer->Send(MakeLine("", i)).ok());
    CHECK(writer->CloseAndRecv(&line).ok());
    CHECK(line.number() == 500500);
  }
  {
    kratos::Context ctx;
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    for (int i = 1; i <= 100; ++i) {
      REQUIRE(stream->Send(MakeLine("hi", i)).ok());
      REQUIRE(*stream->Recv(&line));
      CHECK(line.text() == "re: hi");
    }
    CHECK(stream->CloseSend().ok());
    const auto end = stream->Recv(&line);
    CHECK((end.ok() && !*end));
    CHECK_FALSE(stream->Send(MakeLine("late")).ok());
  }
}

TEST_CASE("grpc client: a server that ends a stream early says why") {
  NativeServer server;
  server.service().sum = [](::grpc::ServerContext*, ::grpc::ServerReader<Line>*, Line*) {
    return ::grpc::Status(::grpc::StatusCode::PERMISSION_DENIED, "not you");
  };
  const TalkerGrpcClient client = server.Client();
  kratos::Context ctx;
  auto writer = client.Sum(ctx);
  REQUIRE(writer.ok());
  Status sent;
  while (sent.ok()) sent = writer->Send(MakeLine(std::string(1000, 'x')));
  Line line;
  CHECK(writer->CloseAndRecv(&line).code() == 403);
}

TEST_CASE("grpc client: giving a stream up wakes whoever waits, and tells the server") {
  Event gone;
  NativeServer server;
  server.service().chat = [&](::grpc::ServerContext*,
                              ::grpc::ServerReaderWriter<Line, Line>* stream) {
    Line line;
    while (stream->Read(&line)) stream->Write(line);
    gone.Set();
    return ::grpc::Status::OK;
  };
  const TalkerGrpcClient client = server.Client();
  SECTION("by Cancel of the stream") {
    kratos::Context ctx;
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    Line line;
    REQUIRE(stream->Send(MakeLine("x")).ok());
    REQUIRE(*stream->Recv(&line));
    std::thread other([&] { stream->Cancel(); });
    CHECK(stream->Recv(&line).status().code() == 499);
    other.join();
  }
  SECTION("by Cancel of its context") {
    kratos::Context ctx;
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    Line line;
    REQUIRE(stream->Send(MakeLine("x")).ok());
    REQUIRE(*stream->Recv(&line));
    std::thread other([&] { ctx.Cancel(); });
    CHECK(stream->Recv(&line).status().code() == 499);
    other.join();
  }
  SECTION("by its end") {
    kratos::Context ctx;
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    Line line;
    REQUIRE(stream->Send(MakeLine("x")).ok());
    REQUIRE(*stream->Recv(&line));
  }
  SECTION("by its deadline") {
    kratos::Context ctx;
    ctx.LimitDeadline(std::chrono::milliseconds(100));
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    Line line;
    Status status;
    while (status.ok()) status = stream->Recv(&line).status();
    CHECK(status.code() == 504);
  }
  CHECK(gone.WaitFor(std::chrono::seconds(30)));
}

TEST_CASE("grpc client: deadlines") {
  NativeServer server;
  std::optional<std::chrono::system_clock::duration> left;
  server.service().say = [&](::grpc::ServerContext* ctx, const Line* request, Line*) {
    left = ctx->deadline() - std::chrono::system_clock::now();
    while (request->text() == "wait" && !ctx->IsCancelled()) std::this_thread::yield();
    return ::grpc::Status::OK;
  };
  auto options = server.Options();
  options.timeout = std::chrono::minutes(3);
  const TalkerGrpcClient client = MakeClient(std::move(options));
  Line reply;
  {
    kratos::Context ctx;
    CHECK(client.Say(ctx, MakeLine(""), &reply).ok());
    // gRPC rounds what it sends.
    CHECK(*left < std::chrono::minutes(4));
    CHECK(*left > std::chrono::minutes(2));
  }
  {
    kratos::Context ctx;
    ctx.LimitDeadline(std::chrono::minutes(1));
    CHECK(client.Say(ctx, MakeLine(""), &reply).ok());
    CHECK(*left < std::chrono::minutes(2));
  }
  {
    kratos::Context ctx;
    kratos::grpc::CallOptions call;
    call.timeout = std::chrono::milliseconds(50);
    const Status status = client.Say(ctx, MakeLine("wait"), &reply, call);
    CHECK(status.code() == 504);
    CHECK(status.reason() == "DEADLINE_EXCEEDED");
  }
  {
    kratos::Context ctx;
    ctx.LimitDeadline(std::chrono::steady_clock::now() - std::chrono::seconds(1));
    CHECK(client.Say(ctx, MakeLine(""), &reply).code() == 504);
  }
}

TEST_CASE("grpc client: a cancelled context ends the call") {
  Event started;
  NativeServer server;
  server.service().say = [&](::grpc::ServerContext* ctx, const Line*, Line*) {
    started.Set();
    while (!ctx->IsCancelled()) std::this_thread::yield();
    return ::grpc::Status::OK;
  };
  const TalkerGrpcClient client = server.Client();
  kratos::Context ctx;
  std::thread other([&] {
    started.Wait();
    ctx.Cancel();
  });
  Line reply;
  const Status status = client.Say(ctx, MakeLine(""), &reply);
  other.join();
  CHECK(status.code() == 499);
  CHECK(status.reason() == "CANCELED");
}

TEST_CASE("grpc client: replies beyond the limit, and no server at all") {
  std::string address;
  {
    NativeServer server;
    address = server.address();
    auto options = server.Options();
    options.max_receive_bytes = 1000;
    const TalkerGrpcClient client = MakeClient(std::move(options));
    Line reply;
    kratos::Context ctx;
    CHECK(client.Say(ctx, MakeLine(std::string(2000, 'x')), &reply).code() == 429);
    CHECK(client.Say(ctx, MakeLine("small"), &reply).ok());
  }
  kratos::grpc::ClientOptions options;
  options.endpoint = address;
  const TalkerGrpcClient client = MakeClient(std::move(options));
  kratos::Context ctx;
  Line reply;
  const Status status = client.Say(ctx, MakeLine(""), &reply);
  CHECK(status.code() == 503);
  CHECK(status.reason() == "UNAVAILABLE");
}

TEST_CASE("grpc client: middleware runs once around each call, opened streams too") {
  std::vector<std::string> seen;
  NativeServer server;
  kratos::TransportInfo info;
  const kratos::Middleware recorder = [&](kratos::Handler next) -> kratos::Handler {
    return [&, next](kratos::Context& ctx, const auto& request, auto* reply) -> Status {
      ctx.mutable_request_header().Set("x-added", "by middleware");
      info = ctx.transport();
      Status status = next(ctx, request, reply);
      seen.push_back(ctx.transport().operation + ' ' + std::to_string(status.code()));
      return status;
    };
  };
  std::atomic<int> with_header = 0;
  server.service().say = [&](::grpc::ServerContext* ctx, const Line*, Line*) {
    with_header += static_cast<int>(ctx->client_metadata().count("x-added"));
    return ::grpc::Status::OK;
  };
  server.service().sum = [&](::grpc::ServerContext* ctx, ::grpc::ServerReader<Line>*, Line*) {
    with_header += static_cast<int>(ctx->client_metadata().count("x-added"));
    return ::grpc::Status::OK;
  };
  const TalkerGrpcClient client = server.Client({recorder});
  kratos::Context ctx;
  Line reply;
  CHECK(client.Say(ctx, MakeLine(""), &reply).ok());
  CHECK(info.kind == "grpc");
  CHECK(info.side == kratos::TransportInfo::Side::kClient);
  CHECK(info.endpoint == "grpc://" + server.address());
  auto writer = client.Sum(ctx);
  REQUIRE(writer.ok());
  CHECK(info.request_stream);
  CHECK_FALSE(info.reply_stream);
  CHECK(writer->CloseAndRecv(&reply).ok());
  CHECK(with_header == 2);
  CHECK(seen ==
        std::vector<std::string>{"/e2e.talker.Talker/Say 200", "/e2e.talker.Talker/Sum 200"});
}

TEST_CASE("grpc client: a resolver picks the server of each call, and is told how it went") {
  class Alternate final : public kratos::transport::Resolver {
   public:
    explicit Alternate(std::vector<std::string> endpoints) : endpoints_(std::move(endpoints)) {}
    kratos::Result<std::string> Pick(const kratos::Context&,
                                     std::function<void(const Status&)>* done) override {
      *done = [this](const Status& status) { codes.push_back(status.code()); };
      const std::size_t turn = next_++;
      if (turn >= endpoints_.size()) return kratos::ServiceUnavailable("NO_NODE", "none left");
      return endpoints_[turn];
    }
    std::vector<int> codes;

   private:
    std::vector<std::string> endpoints_;
    std::size_t next_ = 0;
  };
  NativeServer first;
  NativeServer second;
  first.service().say = [](::grpc::ServerContext*, const Line*, Line* reply) {
    reply->set_text("first");
    return ::grpc::Status::OK;
  };
  second.service().say = [](::grpc::ServerContext*, const Line*, Line*) {
    return ::grpc::Status(::grpc::StatusCode::NOT_FOUND, "second");
  };
  auto resolver = std::make_shared<Alternate>(
      std::vector<std::string>{"grpc://" + first.address(), "grpc://" + second.address(),
                               "http://x:1", "grpc://" + first.address()});
  auto options = first.Options();
  options.endpoint = "";
  options.max_channels = 1;
  auto made = kratos::grpc::Client::Create(std::move(options), resolver);
  REQUIRE(made.ok());
  const TalkerGrpcClient client(*made);
  kratos::Context ctx;
  Line reply;
  CHECK(client.Say(ctx, MakeLine(""), &reply).ok());
  CHECK(reply.text() == "first");
  CHECK(client.Say(ctx, MakeLine(""), &reply).code() == 404);
  CHECK(client.Say(ctx, MakeLine(""), &reply).code() == 500);
  {
    auto stream = client.Count(ctx, MakeLine("", 1));
    REQUIRE(stream.ok());
    CHECK(*stream->Recv(&reply));
    CHECK_FALSE(*stream->Recv(&reply));
  }
  CHECK(client.Say(ctx, MakeLine(""), &reply).reason() == "NO_NODE");
  CHECK(resolver->codes == std::vector<int>{200, 404, 500, 200, 503});
}

TEST_CASE("grpc client: endpoints that are none") {
  for (const char* endpoint : {"", "localhost", "http://localhost:1", ":9000", "localhost:0",
                               "localhost:x", "discovery:///svc", "grpc://", "grpc://h:1/path"}) {
    INFO(endpoint);
    kratos::grpc::ClientOptions options;
    options.endpoint = endpoint;
    const auto client = kratos::grpc::Client::Create(std::move(options));
    CHECK_FALSE(client.ok());
    CHECK(client.status().reason() == "BAD_ENDPOINT");
  }
  for (const char* endpoint : {"localhost:1", "grpc://localhost:1/", "[::1]:1", "dns:///x:1",
                               "unix:/tmp/x", "unix:@x", "ipv4:1.2.3.4:5,1.2.3.5:5"}) {
    INFO(endpoint);
    kratos::grpc::ClientOptions options;
    options.endpoint = endpoint;
    CHECK(kratos::grpc::Client::Create(std::move(options)).ok());
  }
}

}  // namespace
}  // namespace e2e::talker
