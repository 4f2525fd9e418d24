#include "http/compression/reply_compression.h"

#include <string>

#include "http/compression/options.h"
#include "http/compression/tag_marks.h"
#include "http/vary.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

const std::string kLong(4096, 'x');

Response Json(std::string body = kLong) {
  Response response;
  response.headers.Set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Request Asks(std::string accept_encoding) {
  Request request;
  request.headers.Set("Accept-Encoding", accept_encoding);
  return request;
}

void Apply(const CompressionOptions& options, Request request, Response* response) {
  ReplyCompression(options, OfferedCodings(options), &request).Apply(response);
}

std::string Gunzip(std::string_view coded) {
  const auto decompressor = MakeDecompressor(Coding::kGzip);
  std::string out;
  REQUIRE(decompressor->Feed(&coded, &out, 1 << 20) == Decompressor::State::kMore);
  REQUIRE(decompressor->Complete());
  return out;
}

TEST_CASE("reply compression: what is compressed") {
  const struct {
    const char* name;
    int status;
    Metadata headers;
    std::size_t size;
    const char* accept;
    bool compressed;
    const char* vary;
  } rows[] = {
      {"json", 200, {{"Content-Type", "application/json"}}, 4096, "gzip", true, "Accept-Encoding"},
      {"errors too",
       404,
       {{"Content-Type", "application/json"}},
       4096,
       "gzip",
       true,
       "Accept-Encoding"},
      {"not asked for",
       200,
       {{"Content-Type", "application/json"}},
       4096,
       "",
       false,
       "Accept-Encoding"},
      {"refused",
       200,
       {{"Content-Type", "application/json"}},
       4096,
       "gzip;q=0",
       false,
       "Accept-Encoding"},
      {"at the limit",
       200,
       {{"Content-Type", "application/json"}},
       1024,
       "gzip",
       true,
       "Accept-Encoding"},
      {"below it", 200, {{"Content-Type", "application/json"}}, 1023, "gzip", false, ""},
      {"below it, but identity is refused",
       200,
       {{"Content-Type", "application/json"}},
       1000,
       "gzip, identity;q=0",
       true,
       "Accept-Encoding"},
      {"image", 200, {{"Content-Type", "image/png"}}, 4096, "gzip", false, ""},
      {"image, but identity is refused",
       200,
       {{"Content-Type", "image/png"}},
       4096,
       "gzip, identity;q=0",
       true,
       "Accept-Encoding"},
      {"no type", 200, {}, 4096, "gzip", false, ""},
      {"has a coding",
       200,
       {{"Content-Type", "text/css"}, {"Content-Encoding", "br"}},
       4096,
       "gzip",
       false,
       ""},
      {"no-transform",
       200,
       {{"Content-Type", "text/css"}, {"Cache-Control", "public, No-Transform"}},
       4096,
       "gzip",
       false,
       ""},
      {"digest",
       200,
       {{"Content-Type", "text/css"}, {"Repr-Digest", "sha-256=:x:"}},
       4096,
       "gzip",
       false,
       ""},
      {"part",
       206,
       {{"Content-Type", "text/css"}, {"Content-Range", "bytes 0-1/2"}},
       4096,
       "gzip",
       false,
       ""},
      {"no content", 204, {}, 0, "gzip", false, ""},
      {"not modified", 304, {}, 0, "gzip", false, "Accept-Encoding"},
      {"other Vary",
       200,
       {{"Content-Type", "text/css"}, {"Vary", "Origin"}},
       4096,
       "gzip",
       true,
       "Origin, Accept-Encoding"},
      {"own Vary",
       200,
       {{"Content-Type", "text/css"}, {"Vary", "accept-encoding"}},
       4096,
       "gzip",
       true,
       "accept-encoding"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Response response;
    response.status = row.status;
    response.headers = row.headers;
    response.body = std::string(row.size, 'x');
    Apply({}, Asks(row.accept), &response);
    CHECK((response.body.size() < row.size) == row.compressed);
    CHECK(response.headers.Get("Vary") == row.vary);
    if (!row.compressed) continue;
    CHECK(response.headers.Get("Content-Encoding") == "gzip");
    CHECK(Gunzip(response.body) == std::string(row.size, 'x'));
  }
}

TEST_CASE("reply compression: bytes that do not get smaller go out as they are") {
  std::string noise(2000, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  Response response = Json(noise);
  Apply({}, Asks("gzip"), &response);
  CHECK(response.body == noise);
  CHECK_FALSE(response.headers.Has("Content-Encoding"));
  CHECK(response.headers.Get("Vary") == "Accept-Encoding");
}

TEST_CASE("reply compression: options") {
  CompressionOptions options;
  options.replies = false;
  Response response = Json();
  Apply(options, Asks("gzip, identity;q=0"), &response);
  CHECK(response.body == kLong);
  CHECK(response.headers.size() == 1);

  options = {};
  options.min_bytes = 5000;
  Apply(options, Asks("gzip"), &(response = Json()));
  CHECK(response.body == kLong);

  options = {};
  options.codings = {"gzip"};
  Apply(options, Asks("zstd, br, gzip;q=0.1"), &(response = Json()));
  CHECK(response.headers.Get("Content-Encoding") == "gzip");

  options = {};
  options.more_types = {"application/x-thing", "model/*"};
  for (const char* type : {"application/X-Thing; v=1", "model/obj", "text/plain"}) {
    CHECK(ShouldCompress(options, type));
  }
  CHECK_FALSE(ShouldCompress(options, "application/octet-stream"));
  options.compressible = [](std::string_view type) { return type == "a/b"; };
  CHECK(ShouldCompress(options, "a/b"));
  CHECK_FALSE(ShouldCompress(options, "text/plain"));

  options = {};
  CHECK(CheckCompression(options).ok());
  options.codings = {"gzip", "deflate"};
  CHECK(CheckCompression(options).message().find("\"deflate\"") != std::string::npos);
}

TEST_CASE("reply compression: media types") {
  for (const char* type :
       {"text/html", "text/event-stream", "application/json", "application/json; charset=utf-8",
        "application/protojson", "application/proto", "application/xml", "application/yaml",
        "application/x-www-form-urlencoded", "application/vnd.api+json", "image/svg+xml",
        "image/bmp", "audio/wav", "APPLICATION/JSON", "application/wasm",
        "application/problem+xml"}) {
    CAPTURE(type);
    CHECK(IsCompressible(type));
  }
  for (const char* type :
       {"", "nonsense", "application/octet-stream", "application/zip", "application/gzip",
        "application/pdf", "image/png", "image/jpeg", "video/mp4", "audio/mpeg", "font/woff2",
        "multipart/byteranges; boundary=x", "application/x-thing"}) {
    CAPTURE(type);
    CHECK_FALSE(IsCompressible(type));
  }
}

TEST_CASE("reply compression: tags") {
  CHECK(MarkTag("\"abc\"", Coding::kGzip) == "\"abc--gzip\"");
  CHECK(MarkTag("W/\"abc\"", Coding::kGzip) == "W/\"abc\"");
  CHECK(MarkTag("abc", Coding::kGzip) == "abc");
  CHECK(MarkTag("\"", Coding::kGzip) == "\"");
  CHECK(UnmarkTags("\"a--gzip\", W/\"b--gzip\",\"c\"") == "\"a\", W/\"b\", \"c\"");
  CHECK_FALSE(UnmarkTags("\"a\", *"));
  CHECK_FALSE(UnmarkTags("\"a--deflate\""));

  // What goes out...
  Response response = Json();
  response.headers.Set("ETag", "\"abc\"");
  response.headers.Set("Accept-Ranges", "bytes");
  Apply({}, Asks("gzip"), &response);
  CHECK(response.headers.Get("ETag") == "\"abc--gzip\"");
  CHECK_FALSE(response.headers.Has("Accept-Ranges"));

  // ... comes back, is compared without its mark, and is what the 304 carries.
  Request request = Asks("gzip");
  request.headers.Add("If-None-Match", "\"other\"");
  request.headers.Add("If-None-Match", "\"abc--gzip\"");
  request.headers.Add("If-Match", "\"abc--gzip\"");
  request.headers.Add("If-Range", "\"abc--gzip\"");
  const CompressionOptions options;
  const ReplyCompression compression(options, ReplyCodings(), &request);
  CHECK(request.headers.Get("If-None-Match") == "\"other\", \"abc\"");
  CHECK(request.headers.Get("If-Match") == "\"abc\"");
  // Parts of the plain bytes do not fit behind compressed ones.
  CHECK(request.headers.Get("If-Range") == "\"abc--gzip\"");
  response = Response();
  response.status = 304;
  response.headers.Set("ETag", "\"abc\"");
  compression.Apply(&response);
  CHECK(response.headers.Get("ETag") == "\"abc--gzip\"");
  CHECK(response.headers.Get("Vary") == "Accept-Encoding");
  response.headers.Set("ETag", "\"other\"");
  compression.Apply(&response);
  CHECK(response.headers.Get("ETag") == "\"other\"");
}

TEST_CASE("reply compression: streams") {
  const CompressionOptions options;
  Request request = Asks("gzip");
  const ReplyCompression compression(options, ReplyCodings(), &request);
  Response head;
  head.headers.Set("Content-Type", "text/event-stream");
  head.headers.Set("ETag", "\"a\"");
  const auto compressor = compression.Begin(&head);
  REQUIRE(compressor != nullptr);
  CHECK(head.headers.Get("Content-Encoding") == "gzip");
  CHECK(head.headers.Get("ETag") == "\"a--gzip\"");
  CHECK(head.headers.Get("Vary") == "Accept-Encoding");
  std::string coded;
  CHECK(compressor->Feed("data: 1\n\n", &coded));
  CHECK(compressor->Finish(&coded));
  CHECK(Gunzip(coded) == "data: 1\n\n");

  Response image;
  image.headers.Set("Content-Type", "image/png");
  CHECK(compression.Begin(&image) == nullptr);
  CHECK(image.headers.size() == 1);
}

TEST_CASE("vary") {
  Metadata headers;
  AddVary("Origin", &headers);
  AddVary("origin", &headers);
  AddVary("Accept", &headers);
  CHECK(headers.Get("Vary") == "Origin, Accept");
  headers = {{"Vary", "A"}, {"Vary", " B,C "}};
  AddVary("c", &headers);
  CHECK(headers.size() == 2);
  AddVary("D", &headers);
  CHECK(headers.Values("Vary") == std::vector<std::string_view>{"A, B, C, D"});
  headers = {{"Vary", "*"}};
  AddVary("A", &headers);
  CHECK(headers.Get("Vary") == "*");
}

}  // namespace
}  // namespace kratos::http
