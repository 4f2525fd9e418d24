// The generated client's streams against this server: every kind, plain and encrypted.
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/client.h"
#include "pattern.h"
#include "stream_service.h"
#include "support/catch.h"

namespace e2e {
namespace {

using google::api::HttpBody;
using kratos::Context;
using kratos::Result;
using kratos::Status;
using stream::Item;
using stream::StreamsHttpClient;
using stream::Summary;

bool HasWebSockets() { return EngineName() == "asio"; }

kratos::http::ClientOptions OptionsFor(const TestServer& server) {
  kratos::http::ClientOptions options;
  options.endpoint = server.Url("");
  options.timeout = std::chrono::seconds(60);
  return options;
}

StreamsHttpClient MakeClient(kratos::http::ClientOptions options) {
  auto client = kratos::http::Client::Create(std::move(options));
  INFO(client.status().message());
  REQUIRE(client.ok());
  return StreamsHttpClient(*client);
}

stream::WatchRequest Request(int count, const std::string& fail = "", int size = 0) {
  stream::WatchRequest request;
  request.set_name("n/1");
  request.set_count(count);
  request.set_fail(fail);
  request.set_size(size);
  return request;
}

Item MakeItem(const std::string& name, int number = 0) {
  Item item;
  item.set_name(name);
  item.set_number(number);
  return item;
}

// Skips the rest of a test where the engine has no WebSockets; there the client is told so.
#define NEEDS_WEBSOCKETS(client)                       \
  if (!HasWebSockets()) {                              \
    Context none;                                      \
    auto refused = (client).Echo(none);                \
    REQUIRE(refused.ok());                             \
    CHECK(refused->Send(MakeItem("a")).code() == 501); \
    return;                                            \
  }

struct Watched {
  int messages = 0;
  Status status;
};

Watched Watch(const StreamsHttpClient& client, const stream::WatchRequest& request,
              const kratos::http::CallOptions& options = {}) {
  Context ctx;
  Watched watched;
  auto stream = client.Watch(ctx, request, options);
  if (!stream.ok()) return {0, stream.status()};
  Item item;
  auto more = stream->Recv(&item);
  for (; more.ok() && *more; more = stream->Recv(&item)) {
    ++watched.messages;
    if (item.number() != watched.messages) return {-1, {}};
    if (request.size() == 0 && item.name() != "n/1") return {-2, {}};
  }
  watched.status = more.status();
  return watched;
}

// All that a client can do, on a server that works.
void CallEverything(const StreamsHttpClient& client) {
  for (const char* accept : {"", "application/x-ndjson", "application/json"}) {
    INFO(accept);
    kratos::http::CallOptions options;
    options.accept = accept;
    for (const std::size_t binding : {0, 1}) {
      options.binding = binding;
      const auto watched = Watch(client, Request(3), options);
      CHECK(watched.status.ok());
      CHECK(watched.messages == 3);
      CHECK(Watch(client, Request(0), options).status.ok());
      for (const int before : {0, 2}) {
        const auto failed = Watch(client, Request(before, "FAILED"), options);
        CHECK(failed.messages == before);
        CHECK(failed.status.code() == 409);
        CHECK(failed.status.reason() == "FAILED");
        CHECK(failed.status.message() == "it failed");
        REQUIRE_FALSE(failed.status.ok());
        CHECK(failed.status.error().metadata().at("k") == "v");
      }
    }
  }
  {
    Context ctx;
    auto download = client.Download(ctx, Request(4, "", 300'000));
    REQUIRE(download.ok());
    CHECK(download->reply_header().Get("Content-Type") == "image/x-test");
    HttpBody piece;
    std::string bytes;
    auto more = download->Recv(&piece);
    for (; more.ok() && *more; more = download->Recv(&piece)) {
      CHECK(piece.content_type() == "image/x-test");
      bytes += piece.data();
    }
    CHECK(more.ok());
    std::string expected;
    for (int i = 0; i < 4; ++i) expected += Pattern(300'000);
    // Not printed.
    CHECK((bytes == expected));
  }
  {
    Context ctx;
    auto upload = client.Upload(ctx);
    REQUIRE(upload.ok());
    stream::UploadRequest request;
    request.set_name("a/b");
    request.set_note("n");
    request.mutable_file()->set_content_type("video/mp4");
    std::string bytes;
    for (int i = 0; i < 20; ++i) {
      request.mutable_file()->set_data(Pattern(static_cast<std::size_t>(i) * 10'000));
      bytes += request.file().data();
      REQUIRE(upload->Send(request).ok());
    }
    Summary summary;
    const Status status = upload->CloseAndRecv(&summary);
    INFO(status.message());
    REQUIRE(status.ok());
    CHECK(summary.name() == "a/b");
    CHECK(summary.note() == "n");
    CHECK(summary.bytes() == static_cast<std::int64_t>(bytes.size()));
    CHECK(summary.hash() == Fnv1a(bytes));
  }
}

void CallWebSockets(const StreamsHttpClient& client) {
  {
    Context ctx;
    auto collect = client.Collect(ctx);
    REQUIRE(collect.ok());
    REQUIRE(collect->Send(MakeItem("a/b", 1)).ok());
    Item second = MakeItem("c", 2);
    second.add_tags("t");
    REQUIRE(collect->Send(second).ok());
    Summary summary;
    const Status status = collect->CloseAndRecv(&summary);
    INFO(status.message());
    REQUIRE(status.ok());
    CHECK(summary.messages() == 2);
    CHECK(summary.name() == "c");
    // Lists are not doubled by the URL.
    CHECK(summary.note() == "1:0 2:1 ");
  }
  {
    Context ctx;
    auto collect = client.CollectInner(ctx);
    REQUIRE(collect.ok());
    Item item = MakeItem("n");
    item.mutable_inner()->set_name("abc");
    REQUIRE(collect->Send(item).ok());
    Summary summary;
    REQUIRE(collect->CloseAndRecv(&summary).ok());
    CHECK(summary.name() == "n");
    CHECK(summary.bytes() == 3);
  }
  {
    Context ctx;
    auto echo = client.Echo(ctx);
    REQUIRE(echo.ok());
    Item item;
    for (int i = 0; i < 3; ++i) {
      REQUIRE(echo->Send(MakeItem("a" + std::to_string(i), i)).ok());
      REQUIRE(*echo->Recv(&item));
      CHECK(item.name() == "a" + std::to_string(i));
      CHECK(item.number() == i);
    }
    REQUIRE(echo->CloseSend().ok());
    CHECK_FALSE(*echo->Recv(&item));
  }
  {
    Context ctx;
    auto echo = client.Echo(ctx);
    REQUIRE(echo.ok());
    REQUIRE(echo->Send(MakeItem("a")).ok());
    REQUIRE(echo->Send(MakeItem("fail")).ok());
    Item item;
    REQUIRE(*echo->Recv(&item));
    const Status status = echo->Recv(&item).status();
    CHECK(status.code() == 409);
    CHECK(status.reason() == "TOLD_TO");
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().metadata().at("k") == "v");
  }
  {
    Context ctx;
    auto echo = client.EchoBytes(ctx);
    REQUIRE(echo.ok());
    HttpBody body;
    for (const std::string& bytes :
         {std::string("\xff\x00\xfe", 3), Pattern(100'000), std::string()}) {
      body.set_data(bytes);
      REQUIRE(echo->Send(body).ok());
      REQUIRE(*echo->Recv(&body));
      CHECK((body.data() == bytes));
    }
  }
}

TEST_CASE("stream client: every kind of rpc") {
  const StreamTestServer server;
  const auto client = MakeClient(OptionsFor(server));
  CallEverything(client);
  NEEDS_WEBSOCKETS(client);
  CallWebSockets(client);
}

TEST_CASE("stream client: every kind of rpc, otherwise encoded") {
  const StreamTestServer server;
  auto options = OptionsFor(server);
  options.codec = "proto";
  const auto client = MakeClient(options);
  CallEverything(client);
  if (HasWebSockets()) CallWebSockets(client);
}

TEST_CASE("stream client: WebSockets compressed, and uploads over them") {
  auto server_options = LocalOptions();
  server_options.websocket.compress = true;
  const StreamTestServer server(server_options);
  auto options = OptionsFor(server);
  options.streams.compress = true;
  options.streams.kratos_uploads = true;
  const auto client = MakeClient(options);
  NEEDS_WEBSOCKETS(client);
  CallEverything(client);
  CallWebSockets(client);
}

TEST_CASE("stream client: encrypted") {
  const TempDir dir;
  const std::string key = dir.Path("key.pem");
  const std::string certificate = dir.Path("cert.pem");
  REQUIRE(Run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
               "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
               certificate}) == 0);
  auto server_options = LocalOptions();
  server_options.tls.emplace();
  server_options.tls->certificate_file = certificate;
  server_options.tls->private_key_file = key;
  const StreamTestServer server(server_options);
  auto options = OptionsFor(server);
  options.endpoint = "https://127.0.0.1:" + std::to_string(server.port());
  options.tls.emplace();
  options.tls->ca_file = certificate;
  const auto client = MakeClient(options);
  CallEverything(client);
  if (HasWebSockets()) CallWebSockets(client);

  options.tls->ca_file.clear();
  const auto stranger = MakeClient(options);
  Context ctx;
  for (const Status& status :
       {stranger.Watch(ctx, Request(1)).status(), stranger.Echo(ctx)->Send(MakeItem("a")),
        stranger.Store(ctx)->Send(HttpBody())}) {
    CHECK(status.code() == 503);
    CHECK(status.message().find("certificate is not accepted") != std::string::npos);
  }
}

TEST_CASE("stream client: many messages, and large ones") {
  const StreamTestServer server;
  const auto client = MakeClient(OptionsFor(server));
  for (const char* accept : {"text/event-stream", "application/x-ndjson", "application/json"}) {
    kratos::http::CallOptions options;
    options.accept = accept;
    CHECK(Watch(client, Request(1000), options).messages == 1000);
    // Larger than what Go Kratos's clients take in one line.
    CHECK(Watch(client, Request(3, "", 3'000'000), options).messages == 3);
  }
  NEEDS_WEBSOCKETS(client);
  Context ctx;
  auto collect = client.Collect(ctx);
  REQUIRE(collect.ok());
  for (int i = 0; i < 1000; ++i) REQUIRE(collect->Send(MakeItem("a", i)).ok());
  Summary summary;
  REQUIRE(collect->CloseAndRecv(&summary).ok());
  CHECK(summary.messages() == 1000);

  auto echo = client.Echo(ctx);
  REQUIRE(echo.ok());
  const std::string big(3'000'000, 'x');
  // The first message makes the URL: Recv cannot come before it.
  REQUIRE(echo->Send(MakeItem("a", 0)).ok());
  std::thread sender([&] {
    for (int i = 1; i < 1000; ++i) {
      if (!echo->Send(MakeItem("a", i)).ok()) return;
    }
    (void)echo->Send(MakeItem(big, 1000)).ok();
    (void)echo->CloseSend().ok();
  });
  Item item;
  int received = 0;
  auto more = echo->Recv(&item);
  for (; more.ok() && *more; more = echo->Recv(&item)) {
    if (item.number() != received) break;
    ++received;
  }
  sender.join();
  CHECK(more.ok());
  CHECK(received == 1001);
  CHECK(item.number() == 1000);
}

TEST_CASE("stream client: the server's limit on messages is told") {
  auto server_options = LocalOptions();
  server_options.websocket.max_message_bytes = 10'000;
  const StreamTestServer server(server_options);
  const auto client = MakeClient(OptionsFor(server));
  NEEDS_WEBSOCKETS(client);
  Context ctx;
  auto echo = client.EchoBytes(ctx);
  REQUIRE(echo.ok());
  HttpBody body;
  body.set_data(Pattern(20'000));
  REQUIRE(echo->Send(body).ok());
  const auto more = echo->Recv(&body);
  REQUIRE_FALSE(more.ok());
  CHECK(more.status().message().find("1009") != std::string::npos);
}

TEST_CASE("stream client: refusals before the stream are ordinary errors") {
  auto server_options = LocalOptions();
  server_options.middleware.push_back([](kratos::Handler) -> kratos::Handler {
    return [](Context&, const google::protobuf::Message&, google::protobuf::Message*) -> Status {
      return kratos::Unauthorized("WHO", "who are you?");
    };
  });
  const StreamTestServer server(server_options);
  const auto client = MakeClient(OptionsFor(server));
  Context ctx;
  Summary summary;
  Item item;
  std::vector<Status> statuses = {client.Watch(ctx, Request(1)).status()};
  {
    auto store = client.Store(ctx);
    REQUIRE(store.ok());
    HttpBody body;
    body.set_data("a");
    (void)store->Send(body).ok();
    statuses.push_back(store->CloseAndRecv(&summary));
  }
  if (HasWebSockets()) {
    auto echo = client.Echo(ctx);
    statuses.push_back(echo->Send(item.name().empty() ? MakeItem("a") : item));
    statuses.push_back(echo->Recv(&item).status());
    auto collect = client.Collect(ctx);
    (void)collect->Send(MakeItem("a")).ok();
    statuses.push_back(collect->CloseAndRecv(&summary));
  }
  for (const Status& status : statuses) {
    CHECK(status.code() == 401);
    CHECK(status.reason() == "WHO");
    CHECK(status.message() == "who are you?");
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().peer_reply() != nullptr);
  }
}

TEST_CASE("stream client: the server sees that a call was given up") {
  if (EngineName() != "asio") return;  // Elsewhere an idle handler is told later.
  enum How { kCancelContext, kCancelCall, kLetGo, kDeadline };
  for (const How how : {kCancelContext, kCancelCall, kLetGo, kDeadline}) {
    for (const bool watch : {true, false}) {
      INFO(how << watch);
      Event ended;
      std::atomic<int> code = 0;
      auto server_options = LocalOptions();
      server_options.middleware.push_back([&](kratos::Handler next) -> kratos::Handler {
        return [&, next](Context& ctx, const google::protobuf::Message& request,
                         google::protobuf::Message* reply) {
          Status status = next(ctx, request, reply);
          code = status.code();
          ended.Set();
          return status;
        };
      });
      const StreamTestServer server(server_options,
                                    [&](Context& ctx, const stream::WatchRequest&,
                                        kratos::ServerStream<Item>& out) -> Status {
                                      if (Status status = out.Send(Item()); !status.ok())
                                        return status;
                                      return kratos::fiber::SleepFor(ctx, std::chrono::hours(1));
                                    });
      const auto client = MakeClient(OptionsFor(server));
      Context ctx;
      if (how == kDeadline) ctx.LimitDeadline(std::chrono::milliseconds(500));
      Item item;
      const auto give_up = [&](auto& call) {
        REQUIRE(*call->Recv(&item));
        if (how == kCancelContext) ctx.Cancel();
        if (how == kCancelCall) call->Cancel();
        if (how != kLetGo)
          CHECK(call->Recv(&item).status().code() == (how == kDeadline ? 504 : 499));
        call = Status();
      };
      if (watch) {
        auto stream = client.Watch(ctx, Request(1));
        REQUIRE(stream.ok());
        give_up(stream);
      } else {
        auto stream = client.Echo(ctx);
        REQUIRE(stream.ok());
        REQUIRE(stream->Send(MakeItem("a")).ok());
        give_up(stream);
      }
      ended.Wait();
      CHECK(code == 499);
    }
  }
}

TEST_CASE("stream client: a server that stops ends its streams") {
  if (EngineName() != "asio") return;
  auto server_options = LocalOptions();
  server_options.streams.drain = std::chrono::milliseconds(1);
  StreamTestServer server(
      server_options,
      [](Context& ctx, const stream::WatchRequest&, kratos::ServerStream<Item>& out) -> Status {
        if (Status status = out.Send(Item()); !status.ok()) return status;
        return kratos::fiber::SleepFor(ctx, std::chrono::hours(1));
      });
  const auto client = MakeClient(OptionsFor(server));
  Context ctx;
  auto watch = client.Watch(ctx, Request(1));
  REQUIRE(watch.ok());
  auto echo = client.Echo(ctx);
  Item item;
  REQUIRE(*watch->Recv(&item));
  REQUIRE(echo->Send(MakeItem("a")).ok());
  REQUIRE(*echo->Recv(&item));
  std::thread stopper([&] { (void)server.Stop(); });
  CHECK(watch->Recv(&item).status().code() == 503);
  // Close code 1001 is an end, as in Kratos.
  const auto more = echo->Recv(&item);
  CHECK(more.ok());
  if (more.ok()) CHECK_FALSE(*more);
  stopper.join();
}

TEST_CASE("stream client: a streaming handler calls another server's streams") {
  const StreamTestServer far;
  const auto far_client = MakeClient(OptionsFor(far));
  const StreamTestServer near(LocalOptions(),
                              [&](Context& ctx, const stream::WatchRequest& request,
                                  kratos::ServerStream<Item>& out) -> Status {
                                Context child(&ctx);
                                auto stream = far_client.Watch(child, request);
                                if (!stream.ok()) return stream.status();
                                Item item;
                                auto more = stream->Recv(&item);
                                for (; more.ok() && *more; more = stream->Recv(&item)) {
                                  if (Status status = out.Send(item); !status.ok()) return status;
                                }
                                return more.status();
                              });
  const auto client = MakeClient(OptionsFor(near));
  std::vector<std::thread> callers;
  std::vector<Watched> results(8);
  for (std::size_t i = 0; i < results.size(); ++i)
    callers.emplace_back([&, i] { results[i] = Watch(client, Request(100, "FAILED")); });
  for (auto& caller : callers) caller.join();
  for (const auto& result : results) {
    CHECK(result.messages == 100);
    CHECK(result.status.reason() == "FAILED");
  }
}

}  // namespace
}  // namespace e2e
