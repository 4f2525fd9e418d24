// Conditions and ranges, over generated and hand-written routes alike.
#include "kratos/http/conditional.h"

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::http::Conditional;
using kratos::http::Context;

constexpr char kDownload[] = "/v1/download/a?size=1000&type=image/png";

kratos::http::ServerOptions WithFilter(kratos::http::ConditionalOptions conditional = {}) {
  auto options = LocalOptions();
  options.filters = {Conditional(std::move(conditional))};
  return options;
}

TEST_CASE("conditional: 304 for what the client has, from a generated HttpBody reply") {
  EchoTestServer server(WithFilter());
  const Reply first = server.Get(kDownload);
  CHECK(first.status == 200);
  CHECK(first.body == Pattern(1000));
  const std::string tag(first.headers.Get("ETag"));
  CHECK(tag == kratos::http::StrongTag(Pattern(1000)).ToString());
  CHECK(first.headers.Get("Accept-Ranges") == "bytes");
  for (const std::string& field : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    CAPTURE(field);
    const Reply again = server.Get(kDownload, {"-H", "If-None-Match: " + field});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.headers.Get("ETag") == tag);
    CHECK_FALSE(again.headers.Has("Content-Type"));
    CHECK_FALSE(again.headers.Has("Content-Length"));
  }
  const Reply other = server.Get(kDownload, {"-H", "If-None-Match: \"other\""});
  CHECK(other.status == 200);
  CHECK(other.body.size() == 1000);
  const Reply head = server.Call("HEAD", kDownload, {"-H", "If-None-Match: " + tag});
  CHECK(head.status == 304);
  // curl's own cache of tags.
  const TempDir dir;
  const std::string tags = dir.Path("tags");
  CHECK(server.Get(kDownload, {"--etag-save", tags}).status == 200);
  CHECK(server.Get(kDownload, {"--etag-compare", tags}).status == 304);
}

TEST_CASE("conditional: 412 is an error like any other, and no error is kept by caches") {
  EchoTestServer server(WithFilter(), [](kratos::Context& ctx, const Msg&, Msg* reply) {
    ctx.mutable_reply_header().Set("Cache-Control", "max-age=60");
    reply->set_text("x");
    return kratos::Status();
  });
  const Reply reply = server.Get("/v1/hook", {"-H", "If-Match: \"other\""});
  CHECK(reply.status == 412);
  CHECK(AsError(reply).reason == "PRECONDITION_FAILED");
  CHECK_FALSE(reply.headers.Has("ETag"));
  CHECK_FALSE(reply.headers.Has("Cache-Control"));
  const Reply good = server.Get("/v1/hook");
  CHECK(good.headers.Get("Cache-Control") == "max-age=60");
  CHECK(
      server.Get("/v1/hook", {"-H", "If-Match: " + std::string(good.headers.Get("ETag"))}).status ==
      200);
  // Methods that change something are not judged after the fact.
  CHECK(server.Send("POST", "/v1/hook", "{}", "application/json", {"-H", "If-Match: \"other\""})
            .status == 200);
  CHECK_FALSE(server.Send("POST", "/v1/hook", "{}").headers.Has("ETag"));
  CHECK_FALSE(server.Get("/v1/nowhere").headers.Has("ETag"));
}

TEST_CASE("conditional: one range") {
  EchoTestServer server(WithFilter());
  const std::string body = Pattern(1000);
  const struct {
    const char* range;
    std::size_t first;
    std::size_t length;
    const char* field;
  } rows[] = {
      {"0-9", 0, 10, "bytes 0-9/1000"},
      {"990-", 990, 10, "bytes 990-999/1000"},
      {"-5", 995, 5, "bytes 995-999/1000"},
      {"500-99999", 500, 500, "bytes 500-999/1000"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.range);
    const Reply reply = server.Get(kDownload, {"-r", row.range});
    CHECK(reply.status == 206);
    CHECK(reply.headers.Get("Content-Range") == row.field);
    CHECK(reply.headers.Get("Content-Type") == "image/png");
    CHECK(reply.headers.Get("Content-Length") == std::to_string(row.length));
    CHECK(reply.body == body.substr(row.first, row.length));
  }
  for (const char* ignored :
       {"bytes=9-0", "bytes=a-b", "lines=0-1", "bytes=0-9,5-15", "bytes=", "0-9"}) {
    CAPTURE(ignored);
    const Reply reply = server.Get(kDownload, {"-H", std::string("Range: ") + ignored});
    CHECK(reply.status == 200);
    CHECK(reply.body == body);
  }
  const Reply head = server.Call("HEAD", kDownload, {"-H", "Range: bytes=0-9"});
  CHECK(head.status == 200);
  CHECK(head.headers.Get("Content-Length") == "1000");
}

TEST_CASE("conditional: a range beyond the end") {
  EchoTestServer server(WithFilter());
  const Reply reply = server.Get(kDownload, {"-H", "Range: bytes=1000-"});
  CHECK(reply.status == 416);
  CHECK(reply.headers.Get("Content-Range") == "bytes */1000");
  CHECK(AsError(reply).reason == "RANGE_NOT_SATISFIABLE");
}

TEST_CASE("conditional: a download goes on where it broke off") {
  EchoTestServer server(WithFilter());
  const TempDir dir;
  const std::string file = dir.Write("part", Pattern(1000).substr(0, 300));
  // -C -: curl finds out by the file's size. Without -i, which would go into the file.
  CHECK(Run({"curl", "-q", "-s", "-S", "--noproxy", "*", "-C", "-", "-o", file, "--globoff",
             server.Url(kDownload)}) == 0);
  const std::string expected = dir.Write("expected", Pattern(1000));
  CHECK(Run({"cmp", file, expected}) == 0);
}

TEST_CASE("conditional: several ranges") {
  EchoTestServer server(WithFilter({.max_ranges = 3}));
  const std::string body = Pattern(1000);
  const Reply reply = server.Get(kDownload, {"-r", "990-, 0-4,2000-"});
  CHECK(reply.status == 206);
  CHECK_FALSE(reply.headers.Has("Content-Range"));
  const std::string type(reply.headers.Get("Content-Type"));
  const std::string prefix = "multipart/byteranges; boundary=";
  REQUIRE(type.starts_with(prefix));
  const std::string line = "--" + type.substr(prefix.size());
  CHECK(reply.body ==
        line + "\r\nContent-Type: image/png\r\nContent-Range: bytes 990-999/1000\r\n\r\n" +
            body.substr(990) + "\r\n" + line +
            "\r\nContent-Type: image/png\r\nContent-Range: bytes 0-4/1000\r\n\r\n" +
            body.substr(0, 5) + "\r\n" + line + "--\r\n");
  const Reply many = server.Get(kDownload, {"-r", "0-0,2-2,4-4,6-6"});
  CHECK(many.status == 200);
  CHECK(many.body == body);
}

TEST_CASE("conditional: If-Range") {
  const auto old = std::chrono::system_clock::from_time_t(784111777);
  EchoTestServer server(LocalOptions(), nullptr, [&](kratos::http::Server& s) {
    s.Route("/hand").Get("/{name}", [old](Context& ctx) {
      return kratos::http::ServeBlob(ctx, "text/plain", "0123456789",
                                     {.etag = {}, .last_modified = old, .exists = true});
    });
  });
  const Reply whole = server.Get("/hand/a");
  CHECK(whole.headers.Get("Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT");
  const std::string tag(whole.headers.Get("ETag"));
  const struct {
    std::string field;
    int status;
  } rows[] = {
      {tag, 206},
      {"W/" + tag, 200},
      {"\"other\"", 200},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 206},
      {"Sun, 06 Nov 1994 08:49:38 GMT", 200},
      {"nonsense", 200},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field);
    const Reply reply = server.Get("/hand/a", {"-r", "2-3", "-H", "If-Range: " + row.field});
    CHECK(reply.status == row.status);
    CHECK(reply.body == (row.status == 206 ? "23" : "0123456789"));
  }
  // The condition comes before the range.
  CHECK(server.Get("/hand/a", {"-r", "2-3", "-H", "If-None-Match: " + tag}).status == 304);
  CHECK(server.Get("/hand/a", {"-z", "Sun, 06 Nov 1994 08:49:37 GMT"}).status == 304);
  CHECK(server.Get("/hand/a", {"-z", "Sun, 06 Nov 1994 08:49:36 GMT"}).status == 200);
}

TEST_CASE("conditional: only where it is wanted") {
  EchoTestServer server(WithFilter(
      {.applies =
           [](const Context& ctx) { return ctx.transport().operation == kOperationFilesDownload; },
       .make_etags = false,
       .ranges = false}));
  const Reply download = server.Get(kDownload, {"-r", "0-9"});
  CHECK(download.status == 200);
  CHECK_FALSE(download.headers.Has("ETag"));
  CHECK_FALSE(download.headers.Has("Accept-Ranges"));
  CHECK(server.Get(kDownload, {"-H", "If-None-Match: *"}).status == 304);
  CHECK(server.Get("/v1/path/a", {"-H", "If-None-Match: *"}).status == 200);
}

TEST_CASE("conditional: before the work is done, in a service method") {
  EchoTestServer server([](kratos::Context& ctx, const Msg& request, Msg* reply) -> kratos::Status {
    Context* http = Context::From(ctx);
    const kratos::http::Validators current = {
        .etag = kratos::http::EntityTag{"v7", false}, .last_modified = {}, .exists = true};
    if (kratos::Status status = CheckPreconditions(*http, current); !status.ok()) return status;
    if (NotModified(*http, current)) return {};
    reply->set_text(request.text() + "!");
    return {};
  });
  const Reply first = server.Get("/v1/hook/a");
  CHECK(AsMsg(first).text() == "a!");
  CHECK(first.headers.Get("ETag") == "\"v7\"");
  const Reply again = server.Get("/v1/hook/a", {"-H", "If-None-Match: \"v7\""});
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  const auto post = [&](const char* condition) {
    return server.Send("POST", "/v1/hook", R"({"text":"b"})", "application/json",
                       {"-H", condition});
  };
  CHECK(AsMsg(post("If-Match: \"v7\"")).text() == "b!");
  const Reply refused = post("If-Match: \"v6\"");
  CHECK(refused.status == 412);
  CHECK(AsError(refused).reason == "PRECONDITION_FAILED");
  CHECK(post("If-None-Match: *").status == 412);
}

}  // namespace
}  // namespace e2e
