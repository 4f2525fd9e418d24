#include "http/compression/compressor.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace kratos::http {
namespace {

using State = Decompressor::State;

std::string Sample(std::size_t size) {
  std::string text;
  for (unsigned i = 0; text.size() < size; ++i) text += "line " + std::to_string(i * i) + "\n";
  text.resize(size);
  return text;
}

std::string Compress(Coding coding, std::string_view text,
                     CompressionLevel level = CompressionLevel::kBalanced, std::size_t size = 0) {
  const auto compressor = MakeCompressor(coding, level, size);
  std::string out;
  REQUIRE(compressor->Feed(text, &out));
  REQUIRE(compressor->Finish(&out));
  return out;
}

// Feeds `coded` in pieces and asks for at most `room` bytes at a time. "BAD" and "CUT" stand for
// malformed and incomplete data.
std::string Decompress(Coding coding, std::string_view coded, std::size_t piece, std::size_t room) {
  const auto decompressor = MakeDecompressor(coding);
  std::string out;
  while (!coded.empty()) {
    std::string_view input = coded.substr(0, piece);
    coded.remove_prefix(input.size());
    State state = State::kFull;
    while (state == State::kFull) {
      const std::size_t before = out.size();
      state = decompressor->Feed(&input, &out, room);
      if (out.size() - before > room) FAIL("more than there is room for");
    }
    if (state == State::kBad) {
      CHECK_FALSE(decompressor->Complete());
      return "BAD";
    }
    if (!input.empty()) FAIL("input left over");
  }
  return decompressor->Complete() ? out : "CUT";
}

TEST_CASE("compressor: every coding, level and size comes back, however it is cut") {
  for (const Coding coding : ReplyCodings()) {
    for (const auto level :
         {CompressionLevel::kFastest, CompressionLevel::kBalanced, CompressionLevel::kSmallest}) {
      for (const std::size_t size : {0u, 1u, 100u, 5000u, 300000u}) {
        for (const bool known : {false, true}) {
          CAPTURE(CodingName(coding), static_cast<int>(level), size, known);
          const std::string text = Sample(size);
          const std::string coded = Compress(coding, text, level, known ? size : 0);
          if (size >= 5000) CHECK(coded.size() < size / 2);
          CHECK(Decompress(coding, coded, coded.size(), 1 << 20) == text);
          CHECK(Decompress(coding, coded, 1, 7000) == text);
          CHECK(Decompress(coding, coded, 1000, 999) == text);
        }
      }
    }
  }
}

TEST_CASE("compressor: what was flushed can be read, whatever follows") {
  for (const Coding coding : ReplyCodings()) {
    CAPTURE(CodingName(coding));
    const auto compressor = MakeCompressor(coding, CompressionLevel::kBalanced, 0);
    const auto decompressor = MakeDecompressor(coding);
    std::string seen;
    std::string sent;
    for (int i = 0; i < 5; ++i) {
      const std::string message = "data: message " + std::to_string(i) + "\n\n";
      sent += message;
      std::string coded;
      REQUIRE(compressor->Feed(message, &coded));
      REQUIRE(compressor->Flush(&coded));
      std::string_view input = coded;
      REQUIRE(decompressor->Feed(&input, &seen, 1 << 16) == State::kMore);
      CHECK(seen == sent);
      CHECK_FALSE(decompressor->Complete());
    }
    std::string end;
    REQUIRE(compressor->Finish(&end));
    std::string_view input = end;
    CHECK(decompressor->Feed(&input, &seen, 1 << 16) == State::kMore);
    CHECK(seen == sent);
    CHECK(decompressor->Complete());
  }
}

TEST_CASE("decompressor: cut off, damaged, or with something behind it") {
  for (const Coding coding : ReplyCodings()) {
    CAPTURE(CodingName(coding));
    const std::string text = Sample(3000);
    const std::string coded = Compress(coding, text);
    for (std::size_t length = 1; length < coded.size(); ++length) {
      CAPTURE(length);
      // zstd sees the end in the last block already and gzip needs its trailer: never a success.
      CHECK(Decompress(coding, coded.substr(0, length), 64, 1 << 20) == "CUT");
    }
    CHECK(Decompress(coding, "this is not compressed at all, no", 64, 1 << 20) == "BAD");
    CHECK(Decompress(coding, coded + "and then some", 4096, 1 << 20) == "BAD");
    CHECK(Decompress(coding, coded + "and then some", 1, 1 << 20) == "BAD");
  }
}

TEST_CASE("decompressor: gzip members and zstd frames may follow one another") {
  const std::string a = Sample(100);
  const std::string b = Sample(40000);
  for (const Coding coding : ReplyCodings()) {
    CAPTURE(CodingName(coding));
    const std::string both = Compress(coding, a) + Compress(coding, b) + Compress(coding, "");
    for (const std::size_t piece : {std::size_t{1}, std::size_t{37}, both.size()}) {
      CHECK(Decompress(coding, both, piece, 1 << 20) ==
            (coding == Coding::kBrotli ? "BAD" : a + b));
    }
    if (coding == Coding::kBrotli) continue;
    CHECK(Decompress(coding, both.substr(0, both.size() - 2), 64, 1 << 20) == "CUT");
  }
}

TEST_CASE("decompressor: deflate is the zlib format") {
  // "hello" by zlib, and the same without the wrapper.
  const std::string zlib("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13);
  CHECK(Decompress(Coding::kDeflate, zlib, 1, 100) == "hello");
  CHECK(Decompress(Coding::kDeflate, zlib + "x", 1, 100) == "BAD");
  CHECK(Decompress(Coding::kDeflate, zlib.substr(2, 7), 7, 100) == "BAD");
  std::string damaged = zlib;
  damaged.back() ^= 1;  // The checksum.
  CHECK(Decompress(Coding::kDeflate, damaged, 1, 100) == "BAD");
}

TEST_CASE("decompressor: output never outgrows the room, however dense the input") {
  const std::string zeros(64 << 20, '\0');
  for (const Coding coding : ReplyCodings()) {
    CAPTURE(CodingName(coding));
    const std::string bomb = Compress(coding, zeros, CompressionLevel::kSmallest);
    CHECK(bomb.size() < 100'000);
    const auto decompressor = MakeDecompressor(coding);
    std::string_view input = bomb;
    std::string out;
    CHECK(decompressor->Feed(&input, &out, 10'000) == State::kFull);
    CHECK(out.size() == 10'000);
    CHECK(out.capacity() < 100'000);
  }
}

TEST_CASE("coding: names") {
  CHECK(FindCoding("GZIP") == Coding::kGzip);
  CHECK(FindCoding("x-gzip") == Coding::kGzip);
  CHECK(FindCoding("deflate") == Coding::kDeflate);
  CHECK(FindCoding("identity") == Coding::kIdentity);
  CHECK_FALSE(FindCoding("compress"));
  CHECK_FALSE(FindCoding(""));
  CHECK(ReplyCodings().back() == Coding::kGzip);
  CHECK(AcceptedCodings().starts_with("gzip, deflate"));
}

}  // namespace
}  // namespace kratos::http
