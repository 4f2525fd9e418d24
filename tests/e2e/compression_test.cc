// Content codings, with curl's and gzip's own code on the other side.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kratos/http/conditional.h"
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

const std::string kText(20'000, 'a');

kratos::Status Long(kratos::Context&, const Msg&, Msg* reply) {
  reply->set_text(kText);
  return {};
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What the gzip program makes of it.
std::string GzipFile(const TempDir& dir, std::string_view content) {
  const std::string path = dir.Write("body", content);
  std::filesystem::remove(path + ".gz");
  REQUIRE(Run({"gzip", "-9", "-n", path}) == 0);
  return path + ".gz";
}

std::vector<std::string> GzipBody(const std::string& file) {
  return {
      "-H",      "Content-Encoding: gzip", "-H", "Content-Type: application/json", "--data-binary",
      "@" + file};
}

TEST_CASE("compression: curl gets the same answer, in fewer bytes") {
  EchoTestServer server(Long);
  const Reply plain = server.Get("/v1/hook");
  CHECK_FALSE(plain.headers.Has("Content-Encoding"));
  CHECK(plain.headers.Get("Vary") == "Accept-Encoding");
  const Reply coded = server.Get("/v1/hook", {"--compressed"});
  CHECK(coded.headers.Has("Content-Encoding"));
  CHECK(std::stoul(std::string(coded.headers.Get("Content-Length"))) < 1000);
  CHECK(coded.body == plain.body);
  // Each by itself; curl decodes what it knows.
  for (const char* coding : {"gzip", "x-gzip", "br", "zstd"}) {
    const Reply reply =
        server.Get("/v1/hook", {"--compressed", "-H", std::string("Accept-Encoding: ") + coding});
    CAPTURE(coding, reply.headers.Get("Content-Encoding"));
    CHECK(reply.exit_code == 0);
    CHECK(reply.body == plain.body);
  }
  CHECK(server.Get("/v1/hook", {"-H", "Accept-Encoding: gzip"}).headers.Get("Content-Encoding") ==
        "gzip");
  // deflate is not offered, and q=0 is a no.
  for (const char* field : {"deflate", "gzip;q=0", "identity, gzip;q=0.5", "nonsense"}) {
    CAPTURE(field);
    const Reply reply = server.Get("/v1/hook", {"-H", std::string("Accept-Encoding: ") + field});
    CHECK(reply.body == plain.body);
    CHECK(reply.headers.Get("Vary") == "Accept-Encoding");
  }
}

TEST_CASE("compression: HEAD announces what GET would send") {
  EchoTestServer server(Long);
  const Reply get = server.Get("/v1/hook", {"-H", "Accept-Encoding: gzip"});
  const Reply head = server.Call("HEAD", "/v1/hook", {"-H", "Accept-Encoding: gzip"});
  for (const char* name : {"Content-Length", "Content-Encoding", "Vary", "Content-Type"}) {
    CAPTURE(name);
    CHECK(head.headers.Get(name) == get.headers.Get(name));
  }
}

TEST_CASE("compression: HttpBody by its type, errors like everything") {
  EchoTestServer server([](kratos::Context&, const Msg&, Msg*) -> kratos::Status {
    return kratos::BadRequest("LONG", kText);
  });
  const std::vector<std::string> gzip = {"-H", "Accept-Encoding: gzip"};
  const Reply image = server.Get("/v1/download/a?size=5000&type=image/png", gzip);
  CHECK(image.body == Pattern(5000));
  CHECK_FALSE(image.headers.Has("Vary"));
  // Random bytes get longer, whatever their type says.
  const Reply noise = server.Get("/v1/download/a?size=5000&type=text/plain", gzip);
  CHECK(noise.body == Pattern(5000));
  CHECK(noise.headers.Get("Vary") == "Accept-Encoding");
  const Reply error = server.Get("/v1/hook", {"--compressed"});
  CHECK(error.status == 400);
  CHECK(error.headers.Has("Content-Encoding"));
  CHECK(AsError(error).message == kText);
}

TEST_CASE("compression: request bodies made by the gzip program") {
  EchoTestServer server;
  const TempDir dir;
  const std::string file = GzipFile(dir, R"({"text":")" + kText + R"(","number":7})");
  CHECK(std::filesystem::file_size(file) < 200);
  const Reply reply = server.Call("POST", "/v1/hook", GzipBody(file));
  CHECK(AsMsg(reply).text() == kText);
  CHECK(AsMsg(reply).number() == 7);
  // One field, raw bytes, and chunks.
  CHECK(server.Call("PUT", "/v1/mixed/a/sub", GzipBody(GzipFile(dir, R"({"name":"n"})"))).status ==
        200);
  const Reply raw = server.Call(
      "POST", "/v1/raw",
      {"-H", "Content-Encoding: x-gzip", "-H", "Content-Type: image/png", "-H",
       "Transfer-Encoding: chunked", "--data-binary", "@" + GzipFile(dir, "these bytes")});
  CHECK(raw.status == 200);
  CHECK(raw.body == "these bytes");
  CHECK(raw.headers.Get("Content-Type") == "image/png");
  // Two files that gzip would read as one.
  const std::string both =
      ReadFile(GzipFile(dir, R"({"text":)")) + ReadFile(GzipFile(dir, R"("joined"})"));
  CHECK(AsMsg(server.Call("POST", "/v1/hook", GzipBody(dir.Write("both.gz", both)))).text() ==
        "joined");
}

TEST_CASE("compression: request bodies that are refused") {
  auto options = LocalOptions();
  options.limits.max_body_bytes = 100'000;
  EchoTestServer server(options, nullptr, [](kratos::http::Server& s) {
    s.Route("/").Post("/hand", [](kratos::http::Context& ctx) {
      return ctx.String(200, std::to_string(ctx.request().body.size()));
    });
  });
  const TempDir dir;
  const std::string good = ReadFile(GzipFile(dir, R"({"text":"a"})"));
  const std::string bomb = ReadFile(GzipFile(dir, std::string(50 << 20, ' ')));
  CHECK(bomb.size() < 100'000);
  const struct {
    const char* name;
    const char* coding;
    std::string body;
    int status;
    const char* reason;
  } rows[] = {
      {"unknown", "compress", good, 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"too many", "gzip, gzip, gzip", good, 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"malformed", "gzip", R"({"text":"a"})", 400, "CODEC"},
      {"cut off", "gzip", good.substr(0, good.size() - 3), 400, "CODEC"},
      {"something behind it", "gzip", good + "tail", 400, "CODEC"},
      {"bomb", "gzip", bomb, 413, "TOO_LARGE"},
  };
  for (const auto& row : rows) {
    for (const char* path : {"/v1/hook", "/v1/raw", "/hand"}) {
      CAPTURE(row.name, path);
      const Reply reply = server.Call(
          "POST", path,
          {"-H", std::string("Content-Encoding: ") + row.coding, "-H",
           "Content-Type: application/json", "--data-binary", "@" + dir.Write("x", row.body)});
      CHECK(reply.status == row.status);
      CHECK(AsError(reply).reason == row.reason);
      CHECK(reply.headers.Has("Accept-Encoding") == (row.status == 415));
    }
  }
  CHECK(server.Call("POST", "/hand", GzipBody(dir.Write("x", good))).body == "12");
  // What nobody reads may be coded in any way.
  const Reply ignored = Exchange(server.port(),
                                 "GET /v1/path/a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
                                 "Content-Encoding: compress\r\n\r\nx");
  CHECK(ignored.status == 200);
  CHECK_FALSE(ignored.headers.Has("Accept-Encoding"));
}

TEST_CASE("compression: the limit is on what comes out, and has an option of its own") {
  auto options = LocalOptions();
  options.limits.max_decompressed_bytes = 1000;
  EchoTestServer server(options);
  const TempDir dir;
  const auto post = [&](std::size_t size) {
    const std::string frame = R"({"text":""})";
    const std::string body = R"({"text":")" + std::string(size - frame.size(), 'a') + R"("})";
    return server.Call("POST", "/v1/hook", GzipBody(GzipFile(dir, body))).status;
  };
  CHECK(post(1000) == 200);
  CHECK(post(1001) == 413);
  CHECK(server.Send("POST", "/v1/hook", R"({"text":")" + std::string(2000, 'a') + R"("})").status ==
        200);
}

TEST_CASE("compression: middleware sees a body that could not be read, and may answer first") {
  auto options = LocalOptions();
  options.middleware = {[](kratos::Handler next) -> kratos::Handler {
    return [next](kratos::Context& ctx, const google::protobuf::Message& request,
                  google::protobuf::Message* reply) -> kratos::Status {
      if (!ctx.request_header().Has("X-Key")) return kratos::Unauthorized("KEY", "no key");
      return next(ctx, request, reply);
    };
  }};
  EchoTestServer server(options);
  const std::vector<std::string> coded = {"-H", "Content-Encoding: gzip"};
  CHECK(server.Send("POST", "/v1/hook", "{}", "application/json", coded).status == 401);
  CHECK(server
            .Send("POST", "/v1/hook", "{}", "application/json",
                  {"-H", "Content-Encoding: gzip", "-H", "X-Key: x"})
            .status == 400);
}

TEST_CASE("compression: off") {
  auto options = LocalOptions();
  options.compression.replies = false;
  options.compression.requests = false;
  EchoTestServer server(options, Long);
  const Reply reply = server.Get("/v1/hook", {"-H", "Accept-Encoding: gzip"});
  CHECK_FALSE(reply.headers.Has("Content-Encoding"));
  CHECK_FALSE(reply.headers.Has("Vary"));
  const TempDir dir;
  const std::string file = GzipFile(dir, "{}");
  CHECK(server.Call("POST", "/v1/hook", GzipBody(file)).status == 415);
  // Raw bytes are handed over as they came.
  CHECK(server.Call("POST", "/v1/raw", GzipBody(file)).body == ReadFile(file));
}

TEST_CASE("compression: options that cannot work keep the server from starting") {
  auto options = LocalOptions();
  options.compression.codings = {"gzip", "lzma"};
  kratos::http::Server server(options);
  const kratos::Status status = server.Listen();
  CHECK(status.code() == 500);
  CHECK(status.message().find("\"lzma\"") != std::string::npos);
}

TEST_CASE("compression: with conditions and ranges") {
  auto options = LocalOptions();
  options.filters = {kratos::http::Conditional()};
  EchoTestServer server(options, Long);
  const std::vector<std::string> gzip = {"-H", "Accept-Encoding: gzip"};
  const auto with = [&](const std::string& field) {
    return std::vector<std::string>{"-H", "Accept-Encoding: gzip", "-H", field};
  };
  const std::string plain_tag(server.Get("/v1/hook").headers.Get("ETag"));
  const Reply coded = server.Get("/v1/hook", gzip);
  const std::string tag(coded.headers.Get("ETag"));
  CHECK(tag == plain_tag.substr(0, plain_tag.size() - 1) + "--gzip\"");
  CHECK_FALSE(coded.headers.Has("Accept-Ranges"));
  // The tag of the compressed reply counts like the plain one, and the 304 has it.
  const Reply again = server.Get("/v1/hook", with("If-None-Match: " + tag));
  CHECK(again.status == 304);
  CHECK(again.headers.Get("ETag") == tag);
  CHECK(again.headers.Get("Vary") == "Accept, Accept-Encoding");
  CHECK(server.Get("/v1/hook", with("If-Match: " + tag)).status == 200);
  CHECK(server.Get("/v1/hook", {"-H", "If-None-Match: " + plain_tag}).headers.Get("ETag") ==
        plain_tag);
  // Ranges are of the plain bytes, and not for those who hold compressed ones.
  const Reply part = server.Get("/v1/hook", with("Range: bytes=0-1999"));
  CHECK(part.status == 206);
  CHECK(part.body.size() == 2000);
  CHECK(part.headers.Get("ETag") == plain_tag);
  CHECK_FALSE(part.headers.Has("Content-Encoding"));
  const Reply whole = server.Get(
      "/v1/hook", {"-H", "Accept-Encoding: gzip", "-r", "0-1999", "-H", "If-Range: " + tag});
  CHECK(whole.status == 200);
}

}  // namespace
}  // namespace e2e
