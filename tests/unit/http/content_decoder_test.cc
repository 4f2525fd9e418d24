#include "http/compression/content_decoder.h"

#include <string>

#include "http/compression/request_body.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

// "" where this build lacks the coding.
std::string Compress(Coding coding, std::string_view text) {
  if (!FindCoding(CodingName(coding))) return "";
  const auto compressor = MakeCompressor(coding, CompressionLevel::kSmallest, 0);
  std::string out;
  REQUIRE(compressor->Feed(text, &out));
  REQUIRE(compressor->Finish(&out));
  return out;
}

Request Coded(std::string coding, std::string body) {
  Request request;
  request.headers.Set("Content-Encoding", coding);
  request.headers.Set("Content-Length", std::to_string(body.size()));
  request.body = std::move(body);
  return request;
}

TEST_CASE("request body: codings come off, in their order") {
  const std::string text = "{\"text\":\"hello\"}";
  const std::string gzip = Compress(Coding::kGzip, text);
  // By Python's zlib module.
  const std::string zlib(
      "\x78\x9c\xab\x56\x2a\x49\xad\x28\x51\xb2\x52\xca\x48\xcd\xc9\xc9\x57\xaa\x05\x00\x2f\x51\x05"
      "\x94",
      24);
  const struct {
    const char* name;
    const char* coding;
    std::string body;
  } rows[] = {
      {"one", "gzip", gzip},
      {"its old name", "X-GZIP", gzip},
      {"identity", "identity", text},
      {"identity counts for nothing", "identity, gzip, identity", gzip},
      {"empty elements", ", gzip,", gzip},
      {"two", "gzip, gzip", Compress(Coding::kGzip, gzip)},
      {"two different ones", "gzip, br", Compress(Coding::kBrotli, gzip)},
      {"two different ones", "gzip, zstd", Compress(Coding::kZstd, gzip)},
      {"two different ones", "deflate, gzip", Compress(Coding::kGzip, zlib)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name, row.coding);
    if (row.body.empty()) continue;
    Request request = Coded(row.coding, row.body);
    CHECK(DecompressBody(1000, &request).ok());
    CHECK(request.body == text);
    CHECK_FALSE(request.headers.Has("Content-Encoding"));
    CHECK_FALSE(request.headers.Has("Content-Length"));
  }
  Request plain;
  plain.headers.Set("Content-Length", "2");
  plain.body = "{}";
  CHECK(DecompressBody(1, &plain).ok());
  CHECK(plain.headers.Has("Content-Length"));
  // Nothing is nothing in every coding.
  Request empty = Coded("nonsense", "");
  CHECK(DecompressBody(1, &empty).ok());
}

TEST_CASE("request body: what is refused, and how") {
  const std::string gzip = Compress(Coding::kGzip, std::string(500, 'x'));
  const struct {
    const char* name;
    std::string coding;
    std::string body;
    int code;
    const char* says;
  } rows[] = {
      {"unknown", "compress", "x", 415, "compress"},
      {"unknown under a known one", "compress, gzip", gzip, 415, "compress"},
      {"too many", "gzip, gzip, gzip", gzip, 415, "more than 2"},
      {"malformed", "gzip", "hello", 400, "not valid gzip"},
      {"malformed below", "deflate, gzip", gzip, 400, "not valid deflate"},
      {"cut off", "gzip", gzip.substr(0, gzip.size() - 1), 400, "ends before its gzip"},
      {"garbage behind", "gzip", gzip + "xx", 400, "not valid gzip"},
      {"cut off below", "gzip, gzip", Compress(Coding::kGzip, gzip.substr(0, 10)), 400,
       "ends before its gzip"},
      {"one byte too long", "gzip", Compress(Coding::kGzip, std::string(501, 'x')), 413,
       "longer than 500"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Request request = Coded(row.coding, row.body);
    const Status status = DecompressBody(500, &request);
    CHECK(status.code() == row.code);
    CHECK(status.message().find(row.says) != std::string::npos);
    CHECK(request.body == row.body);
    CHECK(request.headers.Has("Content-Encoding"));
  }
  Request fits = Coded("gzip", gzip);
  CHECK(DecompressBody(500, &fits).ok());
  CHECK(fits.body.size() == 500);
}

TEST_CASE("content decoder: zstd is what RFC 8878 says, not what came before") {
  const std::string frame = Compress(Coding::kZstd, "text");
  if (frame.empty()) return;
  const std::string skippable("\x5a\x2a\x4d\x18\x01\x00\x00\x00x", 9);
  // Version 0.7: magic number, header with a window of 1 KiB, a raw block "text", the end.
  const std::string old(
      "\x27\xb5\x2f\xfd\x00\x00\x40\x00\x04text"
      "\xc0\x00\x00",
      16);
  const struct {
    const char* name;
    std::string body;
    int code;
  } rows[] = {
      {"a frame", frame, 200},           {"frames", skippable + frame + skippable + frame, 200},
      {"an old format", old, 400},       {"one behind a frame", frame + old, 400},
      {"no frame", "text", 400},         {"garbage behind a frame", frame + "(", 400},
      {"skipped alone", skippable, 200},
  };
  for (const auto& row : rows) {
    for (const std::size_t piece : {row.body.size(), std::size_t{1}}) {
      CAPTURE(row.name, piece);
      auto decoder = ContentDecoder::Create({{"Content-Encoding", "zstd"}}, 100);
      REQUIRE(decoder.ok());
      std::string out;
      Status status;
      for (std::size_t i = 0; status.ok() && i < row.body.size(); i += piece)
        status = (*decoder)->Feed(std::string_view(row.body).substr(i, piece), &out);
      if (status.ok()) status = (*decoder)->Finish();
      CHECK((status.ok() ? 200 : status.code()) == row.code);
    }
  }
}

TEST_CASE("content decoder: a bomb is left alone at the limit") {
  constexpr std::size_t kLimit = 1 << 20;
  const std::string zeros(64 << 20, '\0');
  for (const Coding coding : ReplyCodings()) {
    const std::string bomb = Compress(coding, zeros);
    const std::string name(CodingName(coding));
    const struct {
      std::string codings;
      std::string body;
    } rows[] = {{name, bomb}, {name + ", gzip", Compress(Coding::kGzip, bomb)}};
    for (const auto& row : rows) {
      CAPTURE(row.codings);
      auto decoder = ContentDecoder::Create({{"Content-Encoding", row.codings}}, kLimit);
      REQUIRE(decoder.ok());
      std::string out;
      CHECK((*decoder)->Feed(row.body, &out).code() == 413);
      CHECK(out.size() <= kLimit + 1);
      CHECK(out.capacity() <= 4 * kLimit);
    }
  }
}

TEST_CASE("content decoder: a bomb that explodes in between is left alone as well") {
  // Empty gzip members: they make nothing in the end, for as long as one likes.
  const std::string empty = Compress(Coding::kGzip, "");
  std::string members;
  while (members.size() < (4u << 20)) members += empty;
  auto decoder = ContentDecoder::Create({{"Content-Encoding", "gzip, gzip"}}, 1 << 20);
  REQUIRE(decoder.ok());
  std::string out;
  CHECK((*decoder)->Feed(Compress(Coding::kGzip, members), &out).code() == 413);
  CHECK(out.empty());
}

TEST_CASE("content decoder: a stream, byte by byte, without a limit") {
  const std::string text(200'000, 'y');
  const std::string coded = Compress(Coding::kGzip, Compress(Coding::kGzip, text));
  auto decoder =
      ContentDecoder::Create({{"Content-Encoding", "gzip"}, {"Content-Encoding", "gzip"}}, 0);
  REQUIRE(decoder.ok());
  std::string out;
  for (const char& byte : coded) {
    if ((*decoder)->Finish().ok()) FAIL("complete before the end");
    if (!(*decoder)->Feed({&byte, 1}, &out).ok()) FAIL("refused");
  }
  CHECK((*decoder)->Finish().ok());
  CHECK(out == text);
}

}  // namespace
}  // namespace kratos::http
