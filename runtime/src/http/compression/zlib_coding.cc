// gzip and deflate by zlib.
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "http/compression/compressor.h"

namespace kratos::http {

namespace {

constexpr std::size_t kBlock = 16 * 1024;

constexpr int kGzipFormat = 16;  // Added to the window's bits: deflateInit2 of zlib.h.

// zlib reads through a pointer to non-const and does not write there.
Bytef* Bytes(const char* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

uInt Bounded(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

int LevelOf(CompressionLevel level) {
  switch (level) {
    case CompressionLevel::kFastest:
      return 1;
    case CompressionLevel::kBalanced:
      return 5;
    case CompressionLevel::kSmallest:
      return 9;
  }
  return 5;
}

class GzipCompressor final : public Compressor {
 public:
  GzipCompressor(CompressionLevel level, std::size_t size) {
    int bits = 15;
    // A window and tables beyond the input's size would only be cleared for nothing.
    while (size != 0 && bits > 10 && (std::size_t{1} << (bits - 1)) >= size) --bits;
    good_ = deflateInit2(&stream_, LevelOf(level), Z_DEFLATED, bits + kGzipFormat,
                         std::max(1, bits - 7), Z_DEFAULT_STRATEGY) == Z_OK;
    made_ = good_;
  }
  ~GzipCompressor() override {
    if (made_) deflateEnd(&stream_);
  }
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  bool Feed(std::string_view input, std::string* out) override {
    return Run(input, Z_NO_FLUSH, out);
  }
  bool Flush(std::string* out) override { return Run({}, Z_SYNC_FLUSH, out); }
  bool Finish(std::string* out) override { return Run({}, Z_FINISH, out); }

 private:
  bool Run(std::string_view input, int flush, std::string* out) {
    while (good_) {
      const uInt taken = Bounded(input.size());
      stream_.next_in = Bytes(input.data());
      stream_.avail_in = taken;
      const std::size_t old = out->size();
      out->resize(old + kBlock);
      stream_.next_out = Bytes(out->data() + old);
      stream_.avail_out = kBlock;
      const int result = deflate(&stream_, flush);
      input.remove_prefix(taken - stream_.avail_in);
      out->resize(out->size() - stream_.avail_out);
      // Z_BUF_ERROR: there was nothing left to do.
      good_ = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
      if (result == Z_STREAM_END) break;
      // A full block means that there may be more.
      if (input.empty() && stream_.avail_out != 0) break;
    }
    return good_;
  }

  z_stream stream_{};
  bool made_ = false;
  bool good_ = false;
};

class ZlibDecompressor final : public Decompressor {
 public:
  explicit ZlibDecompressor(bool gzip) : gzip_(gzip) {
    made_ = inflateInit2(&stream_, 15 + (gzip ? kGzipFormat : 0)) == Z_OK;
    bad_ = !made_;
  }
  ~ZlibDecompressor() override {
    if (made_) inflateEnd(&stream_);
  }
  ZlibDecompressor(const ZlibDecompressor&) = delete;
  ZlibDecompressor& operator=(const ZlibDecompressor&) = delete;

  State Feed(std::string_view* input, std::string* out, std::size_t room) override {
    while (!bad_) {
      if (ended_) {
        if (input->empty()) return State::kMore;
        // Another gzip member; behind zlib data nothing may come.
        if (!gzip_ || inflateReset(&stream_) != Z_OK) break;
        ended_ = false;
      }
      if (room == 0) return State::kFull;
      const std::size_t block = std::min(room, kBlock);
      const uInt taken = Bounded(input->size());
      stream_.next_in = Bytes(input->data());
      stream_.avail_in = taken;
      const std::size_t old = out->size();
      out->resize(old + block);
      stream_.next_out = Bytes(out->data() + old);
      stream_.avail_out = static_cast<uInt>(block);
      const int result = inflate(&stream_, Z_NO_FLUSH);
      input->remove_prefix(taken - stream_.avail_in);
      out->resize(out->size() - stream_.avail_out);
      room -= block - stream_.avail_out;
      if (result == Z_STREAM_END) {
        ended_ = true;
        continue;
      }
      if (result != Z_OK && result != Z_BUF_ERROR) break;
      // Room left over means that the input is used up.
      if (stream_.avail_out != 0) return State::kMore;
    }
    bad_ = true;
    return State::kBad;
  }

  bool Complete() const override { return ended_ && !bad_; }

 private:
  z_stream stream_{};
  const bool gzip_;
  bool made_ = false;
  bool ended_ = false;
  bool bad_ = false;
};

}  // namespace

std::unique_ptr<Compressor> MakeGzipCompressor(CompressionLevel level, std::size_t size) {
  return std::make_unique<GzipCompressor>(level, size);
}

std::unique_ptr<Decompressor> MakeZlibDecompressor(Coding coding) {
  return std::make_unique<ZlibDecompressor>(coding == Coding::kGzip);
}

}  // namespace kratos::http
