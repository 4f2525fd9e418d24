// An existing service of gRPC's own code generator, served over HTTP without being rewritten; and
// gRPC calls passed on.
#include <atomic>

#include "fixture.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "support/catch.h"

namespace e2e::talker {
namespace {

using kratos::Status;

/// The native service behind an HTTP server.
class OverHttp {
 public:
  explicit OverHttp(std::vector<kratos::Middleware> middleware = {})
      : server_(With(std::move(middleware))) {}
  NativeTalker& service() { return service_; }
  TestServer& server() { return server_; }
  void Start() {
    kratos::http::Server& server = server_.server();
    // [native]
    // service_ derives from Talker::Service, a class of grpc_cpp_plugin.
    RegisterTalkerHttpServer(server, service_);
    // [native]
    server_.Start();
  }
  TalkerHttpClient Client() const {
    kratos::http::ClientOptions options;
    options.endpoint = server_.Url("");
    options.timeout = std::chrono::milliseconds(0);
    auto client = kratos::http::Client::Create(std::move(options));
    REQUIRE(client.ok());
    return TalkerHttpClient(*client);
  }

 private:
  static kratos::http::ServerOptions With(std::vector<kratos::Middleware> middleware) {
    auto options = LocalOptions();
    options.engine = "";
    options.timeout = std::chrono::milliseconds(0);
    options.middleware = std::move(middleware);
    return options;
  }
  NativeTalker service_;
  TestServer server_;
};

TEST_CASE("native service over http: unary, with fields both ways") {
  OverHttp over;
  Guarded<std::multimap<std::string, std::string>> kept;
  over.service().say = [&](::grpc::ServerContext* ctx, const Line* request, Line* reply) {
    std::multimap<std::string, std::string> fields;
    for (const auto& [name, value] : ctx->client_metadata()) {
      fields.emplace(std::string(name.data(), name.size()),
                     std::string(value.data(), value.size()));
    }
    kept.Set(std::move(fields));
    ctx->AddInitialMetadata("x-reply", "from grpc");
    reply->set_text("heard " + request->text());
    return ::grpc::Status::OK;
  };
  over.Start();
  const Reply reply =
      over.server().Get("/v1/say/hello", {"-H", "X-Color: red", "-H", "X-Color: blue", "-H",
                                          "Authorization: Bearer t", "-H", "X-Latin: caf\xe9", "-H",
                                          "Accept: application/json"});
  CHECK(reply.status == 200);
  CHECK(reply.body == R"({"text":"heard hello","number":0})");
  CHECK(reply.headers.Get("x-reply") == "from grpc");
  const auto seen = kept.Get();
  CHECK(seen.count("x-color") == 2);
  CHECK(seen.find("authorization")->second == "Bearer t");
  CHECK(seen.count("x-latin") == 0);
  CHECK(seen.count("accept") == 0);
  CHECK(seen.count("host") == 0);
}

TEST_CASE("native service over http: errors and middleware") {
  std::atomic<int> runs = 0;
  OverHttp over({[&runs](kratos::Handler next) -> kratos::Handler {
    return [&runs, next](kratos::Context& ctx, const auto& request, auto* reply) -> Status {
      ++runs;
      return next(ctx, request, reply);
    };
  }});
  over.service().say = [](::grpc::ServerContext*, const Line*, Line*) {
    return ::grpc::Status(::grpc::StatusCode::FAILED_PRECONDITION, "not yet");
  };
  over.Start();
  const Reply reply = over.server().Get("/v1/say/x");
  CHECK(reply.status == 412);
  CHECK(reply.body.find("not yet") != std::string::npos);
  CHECK(runs == 1);
}

TEST_CASE("native service over http: all kinds of streams") {
  OverHttp over;
  over.service().count = [](::grpc::ServerContext* ctx, const Line* request,
                            ::grpc::ServerWriter<Line>* out) {
    ctx->AddInitialMetadata("x-reply", "stream");
    for (int i = 1; i <= request->number(); ++i) out->Write(MakeLine("", i));
    return request->number() == 2 ? ::grpc::Status(::grpc::StatusCode::ABORTED, "as asked")
                                  : ::grpc::Status::OK;
  };
  over.Start();
  const TalkerHttpClient client = over.Client();
  kratos::Context ctx;
  Line line;
  {
    auto reader = client.Count(ctx, MakeLine("", 100));
    REQUIRE(reader.ok());
    for (int i = 1; i <= 100; ++i) {
      REQUIRE(*reader->Recv(&line));
      CHECK(line.number() == i);
    }
    CHECK_FALSE(*reader->Recv(&line));
    CHECK(reader->reply_header().Get("x-reply") == "stream");
  }
  {
    auto reader = client.Count(ctx, MakeLine("", 2));
    REQUIRE(reader.ok());
    CHECK(*reader->Recv(&line));
    CHECK(*reader->Recv(&line));
    CHECK(reader->Recv(&line).status().message() == "as asked");
  }
  {
    auto writer = client.Sum(ctx);
    REQUIRE(writer.ok());
    for (int i = 1; i <= 100; ++i) REQUIRE(writer->Send(MakeLine("", i)).ok());
    const Status status = writer->CloseAndRecv(&line);
    INFO(status.message());
    CHECK(status.ok());
    CHECK(line.number() == 5050);
  }
  {
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    for (int i = 1; i <= 100; ++i) {
      REQUIRE(stream->Send(MakeLine("hi", i)).ok());
      REQUIRE(*stream->Recv(&line));
      CHECK(line.text() == "re: hi");
    }
    REQUIRE(stream->CloseSend().ok());
    const auto end = stream->Recv(&line);
    CHECK((end.ok() && !*end));
  }
}

TEST_CASE("native service over http: a chat that the service ends first") {
  OverHttp over;
  over.service().chat = [](::grpc::ServerContext*, ::grpc::ServerReaderWriter<Line, Line>* stream) {
    stream->Write(MakeLine("enough"));
    return ::grpc::Status::OK;
  };
  over.Start();
  kratos::Context ctx;
  auto stream = over.Client().Chat(ctx);
  REQUIRE(stream.ok());
  (void)stream->Send(MakeLine("hi"));  // May come too late.
  Line line;
  REQUIRE(*stream->Recv(&line));
  CHECK(line.text() == "enough");
  const auto end = stream->Recv(&line);
  INFO(end.status().message());
  CHECK((end.ok() && !*end));
}

TEST_CASE("native service over http: deadlines and clients that go away arrive") {
  OverHttp over;
  Event cancelled;
  Event started;
  std::atomic<bool> deadline = false;
  over.service().say = [&](::grpc::ServerContext* ctx, const Line*, Line*) {
    deadline = ctx->deadline() < FarAway() + std::chrono::hours(1);
    started.Set();
    while (!ctx->IsCancelled()) std::this_thread::yield();
    cancelled.Set();
    return ::grpc::Status::OK;
  };
  over.Start();
  SECTION("deadline") {
    const Reply reply = over.server().Get("/v1/say/x", {"-H", "Grpc-Timeout: 100m"});
    CHECK(reply.status == 504);
    CHECK(deadline);
  }
  SECTION("client") {
    RunningCurl curl({over.server().Url("/v1/say/x")});
    started.Wait();
    curl.Kill();
    curl.Wait();
    CHECK_FALSE(deadline);
  }
  CHECK(cancelled.WaitFor(std::chrono::seconds(60)));
}

TEST_CASE("grpc: a server that passes every call on to another one") {
  NativeServer native;
  auto made = kratos::grpc::Client::Create(native.Options());
  REQUIRE(made.ok());
  const std::shared_ptr<kratos::grpc::Client>& upstream = *made;
  kratos::grpc::Server front(LocalGrpcOptions());
  // [forward]
  RegisterTalkerGrpcServer(front, MakeTalkerForwarder(upstream));
  // [forward]
  REQUIRE(front.Listen().ok());
  std::thread serving([&] { (void)front.Start(); });
  {
    kratos::grpc::ClientOptions options;
    options.endpoint = front.address();
    const TalkerGrpcClient client = MakeClient(std::move(options));
    kratos::Context ctx;
    Line line;
    CHECK(client.Say(ctx, MakeLine("hello"), &line).ok());
    CHECK(line.text() == "hello");
    auto writer = client.Sum(ctx);
    REQUIRE(writer.ok());
    for (int i = 1; i <= 100; ++i) REQUIRE(writer->Send(MakeLine("", i)).ok());
    CHECK(writer->CloseAndRecv(&line).ok());
    CHECK(line.number() == 5050);
    auto stream = client.Chat(ctx);
    REQUIRE(stream.ok());
    for (int i = 0; i < 10; ++i) {
      REQUIRE(stream->Send(MakeLine("hi")).ok());
      REQUIRE(*stream->Recv(&line));
    }
    REQUIRE(stream->CloseSend().ok());
    CHECK_FALSE(*stream->Recv(&line));
  }
  CHECK(front.Stop(std::chrono::seconds(30)).ok());
  serving.join();
}

}  // namespace
}  // namespace e2e::talker
