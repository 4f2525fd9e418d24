// Client streams of google.api.HttpBody as the body of a plain request, by curl and bare sockets.
#include <future>

#include "kratos/errors/errors.h"
#include "kratos/json/json.h"
#include "pattern.h"
#include "stream_service.h"
#include "support/catch.h"

namespace e2e {
namespace {

stream::Summary AsSummary(const Reply& reply) {
  CAPTURE(reply.status, reply.body, reply.error);
  stream::Summary summary;
  CHECK_FALSE(kratos::json::Decode(reply.body, {}, &summary));
  return summary;
}

TEST_CASE("upload: an HttpBody streams in, whole or as a field, under the rule's own method") {
  StreamTestServer server;
  TempDir dir;
  const std::string bytes = Pattern(3 << 20);
  const std::string file = dir.Write("f", bytes);
  for (const bool chunked : {false, true}) {
    CAPTURE(chunked);
    std::vector<std::string> more = {"-H",      "Content-Type: image/png", "-H",
                                     "Expect:", "--data-binary",           "@" + file};
    if (chunked) more.insert(more.end(), {"-H", "Transfer-Encoding: chunked"});
    const auto field = AsSummary(server.Call("POST", "/v1/files/a%20b:upload?note=hello", more));
    CHECK(field.name() == "a b");
    CHECK(field.note() == "hello");
    CHECK(field.content_type() == "image/png");
    CHECK(field.bytes() == 3 << 20);
    CHECK(field.hash() == Fnv1a(bytes));
    CHECK(field.messages() > 10);  // Pieces, not one message.
    const auto whole = AsSummary(server.Call("PUT", "/v1/store", more));
    CHECK(whole.hash() == Fnv1a(bytes));
    CHECK(whole.content_type() == "image/png");
  }
}

TEST_CASE("upload: larger than any limit on whole bodies") {
  auto options = LocalOptions();
  options.limits.max_body_bytes = 1000;
  StreamTestServer server(options);
  TempDir dir;
  const std::string file = dir.Write("f", Pattern(100'000));
  CHECK(AsSummary(server.Call("PUT", "/v1/store", {"--data-binary", "@" + file})).bytes() ==
        100'000);
}

TEST_CASE("upload: an empty body is one message, so that the path arrives") {
  StreamTestServer server;
  const auto summary = AsSummary(server.Call("POST", "/v1/files/a:upload", {}));
  CHECK(summary.name() == "a");
  CHECK(summary.messages() == 1);
  CHECK(summary.bytes() == 0);
}

TEST_CASE("upload: what is wrong with path or query is 400 before the method runs") {
  StreamTestServer server;
  CHECK(server.Call("POST", "/v1/files/a:upload?file.data=%", {}).status == 400);
}

TEST_CASE("upload: a body that breaks off reaches the method as an error") {
  StreamTestServer server;
  const std::string head =
      "PUT /v1/store HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  RawConnection cut(server.port());
  cut.Send(head + "5\r\nhello\r\n5\r\nhe");
  cut.EndSending();
  CHECK(cut.Read().status == 400);
  CHECK(Exchange(server.port(), head + "5\r\nhello\r\nz\r\n").status == 400);
  auto options = LocalOptions();
  options.limits.read_timeout = std::chrono::milliseconds(50);
  StreamTestServer slow(options);
  RawConnection silent(slow.port());
  silent.Send(head + "5\r\nhello\r\n");
  const Reply late = silent.Read();
  CHECK(late.status == 408);
  CHECK(late.body.find(R"("reason":"REQUEST_TIMEOUT")") != std::string::npos);
}

TEST_CASE("upload: under no other method than the rule's") {
  StreamTestServer server;
  for (const char* path : {"/v1/files/a:upload?note=x", "/v1/store"}) {
    CAPTURE(path);
    const Reply get = server.Get(path);
    CHECK(get.status == 426);
    const Reply head = server.Call("HEAD", path, {"--head"});
    CHECK(head.status == 405);
    CHECK(head.headers.Get("Allow").find("HEAD") == std::string::npos);
    CHECK(head.headers.Get("Allow").find("GET") != std::string::npos);
  }
}

TEST_CASE("upload: header fields that say nothing clear are refused as for whole bodies") {
  StreamTestServer server;
  const Reply types = server.Call(
      "PUT", "/v1/store", {"-H", "Content-Type: a/b", "-H", "Content-Type: c/d", "-d", "x"});
  CHECK(types.status == 400);
  const Reply coding =
      server.Call("PUT", "/v1/store", {"-H", "Content-Encoding: compress", "-d", "x"});
  CHECK(coding.status == 415);
  CHECK(coding.headers.Get("Accept-Encoding").find("gzip") != std::string_view::npos);
}

TEST_CASE("upload: Expect: 100-continue, trailers, and the next request on the connection") {
  StreamTestServer server;
  RawConnection connection(server.port());
  connection.Send(
      "PUT /v1/store HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  CHECK(connection.ReadUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Send("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
  const Reply reply = connection.Read();
  CHECK(reply.status == 200);
  CHECK(AsSummary(reply).hash() == Fnv1a("hello"));
  connection.Send("PUT /v1/store HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
  CHECK(AsSummary(connection.Read()).bytes() == 2);
}

TEST_CASE("upload: a handler that does not want the rest answers at once; the connection ends") {
  StreamTestServer server(LocalOptions(), nullptr, [](kratos::http::Server& http) {
    http.Route("/").Stream("POST", "/refuse", [](kratos::http::Context& ctx) -> kratos::Status {
      std::string part;
      if (auto more = ctx.ReadBody(&part); !more.ok()) return more.status();
      return kratos::Forbidden("NO", "not you");
    });
  });
  RawConnection connection(server.port());
  connection.Send("POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nx");
  const Reply reply = connection.Read();
  CHECK(reply.status == 403);
  CHECK(reply.headers.Get("Connection") == "close");
}

TEST_CASE("upload: request trailers reach a streaming handler") {
  StreamTestServer server(LocalOptions(), nullptr, [](kratos::http::Server& http) {
    http.Route("/").Stream("POST", "/trailers", [](kratos::http::Context& ctx) -> kratos::Status {
      std::string body;
      while (true) {
        auto more = ctx.ReadBody(&body);
        if (!more.ok()) return more.status();
        if (!*more) break;
      }
      auto out = ctx.BlobStream(200, "text/plain");
      if (!out.ok()) return out.status();
      ctx.response().trailers.Set("X-Got", ctx.request().trailers.Get("X-Sum"));
      return out->Write(body);
    });
  });
  RawConnection connection(server.port());
  connection.Send(
      "POST /trailers HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n0\r\nX-Sum: 77\r\nContent-Length: 5\r\n\r\n");
  CHECK(connection.ReadUntil("0\r\nX-Got: 77\r\n\r\n")
            .ends_with("2\r\nab\r\n0\r\nX-Got: 77\r\n\r\n"));
}

}  // namespace
}  // namespace e2e
