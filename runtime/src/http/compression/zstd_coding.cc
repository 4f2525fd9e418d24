// zstd by libzstd (RFC 8878).
#include <zstd.h>

#include <algorithm>

#include "http/compression/compressor.h"

namespace kratos::http {

namespace {

constexpr std::size_t kBlock = 16 * 1024;
// 256 KiB, as for br.
constexpr int kMaxWindowBits = 18;
// 8 MiB: what RFC 9659 lets a sender of the content coding use.
constexpr int kMaxDecodeWindowBits = 23;

struct FreeEncoder {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecoder {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

int LevelOf(CompressionLevel level) {
  switch (level) {
    case CompressionLevel::kFastest:
      return 1;
    case CompressionLevel::kBalanced:
      return 3;
    case CompressionLevel::kSmallest:
      return 12;
  }
  return 3;
}

class ZstdCompressor final : public Compressor {
 public:
  ZstdCompressor(CompressionLevel level, std::size_t size)
      : context_(ZSTD_createCCtx()), good_(context_ != nullptr) {
    if (!good_) return;
    int bits = kMaxWindowBits;
    while (size != 0 && bits > 10 && (std::size_t{1} << (bits - 1)) >= size) --bits;
    good_ = Set(ZSTD_c_compressionLevel, LevelOf(level)) && Set(ZSTD_c_windowLog, bits) &&
            Set(ZSTD_c_checksumFlag, 0);
    // The tables of this level are made for megabytes: without a known size they would take 50 MB.
    if (level == CompressionLevel::kSmallest)
      good_ = good_ && Set(ZSTD_c_hashLog, bits) && Set(ZSTD_c_chainLog, bits);
    if (good_ && size != 0)
      good_ = !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context_.get(), size));
  }

  bool Feed(std::string_view input, std::string* out) override {
    return Run(input, ZSTD_e_continue, out);
  }
  bool Flush(std::string* out) override { return Run({}, ZSTD_e_flush, out); }
  bool Finish(std::string* out) override { return Run({}, ZSTD_e_end, out); }

 private:
  bool Set(ZSTD_cParameter parameter, int value) {
    return !ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), parameter, value));
  }

  bool Run(std::string_view input, ZSTD_EndDirective directive, std::string* out) {
    ZSTD_inBuffer from{input.data(), input.size(), 0};
    while (good_) {
      const std::size_t old = out->size();
      out->resize(old + kBlock);
      ZSTD_outBuffer to{out->data() + old, kBlock, 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &to, &from, directive);
      out->resize(old + to.pos);
      good_ = !ZSTD_isError(left);
      // With `continue` what is left is held back on purpose.
      if (directive == ZSTD_e_continue ? from.pos == from.size : left == 0) break;
    }
    return good_;
  }

  std::unique_ptr<ZSTD_CCtx, FreeEncoder> context_;
  bool good_;
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() : context_(ZSTD_createDCtx()), bad_(context_ == nullptr) {
    if (bad_) return;
    bad_ = ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax,
                                               kMaxDecodeWindowBits)) != 0;
  }

  State Feed(std::string_view* input, std::string* out, std::size_t room) override {
    while (!bad_) {
      if (room == 0) return State::kFull;
      if (between_frames_ && !input->empty()) {
        if (!BeginsFrame(input->front())) break;
        between_frames_ = false;
      }
      const std::size_t block = std::min(room, kBlock);
      const std::size_t old = out->size();
      out->resize(old + block);
      ZSTD_inBuffer from{input->data(), input->size(), 0};
      ZSTD_outBuffer to{out->data() + old, block, 0};
      const std::size_t left = ZSTD_decompressStream(context_.get(), &to, &from);
      input->remove_prefix(from.pos);
      out->resize(old + to.pos);
      room -= to.pos;
      if (ZSTD_isError(left)) break;
      // A call without input and without progress says nothing about the frame.
      if (from.pos != 0 || to.pos != 0) between_frames_ = ended_ = left == 0;
      if (input->empty() && to.pos < block) return State::kMore;
    }
    bad_ = true;
    return State::kBad;
  }

  bool Complete() const override { return ended_ && !bad_; }

 private:
  // A frame's magic number begins with this (RFC 8878, 3.1.1 and 3.1.2), or it is of a format from
  // before the RFC, which libzstd may still read and nobody may send.
  static bool BeginsFrame(char byte) { return byte == 0x28 || (byte & 0xf0) == 0x50; }

  std::unique_ptr<ZSTD_DCtx, FreeDecoder> context_;
  bool between_frames_ = true;
  bool ended_ = false;
  bool bad_;
};

}  // namespace

std::unique_ptr<Compressor> MakeZstdCompressor(CompressionLevel level, std::size_t size) {
  return std::make_unique<ZstdCompressor>(level, size);
}

std::unique_ptr<Decompressor> MakeZstdDecompressor() {
  return std::make_unique<ZstdDecompressor>();
}

}  // namespace kratos::http
