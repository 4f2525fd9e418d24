// br by libbrotli (RFC 7932).
#include <brotli/decode.h>
#include <brotli/encode.h>

#include <algorithm>

#include "http/compression/compressor.h"

namespace kratos::http {

namespace {

constexpr std::size_t kBlock = 16 * 1024;
// 256 KiB: windows beyond it cost megabytes a reply and save little on replies of that size.
constexpr std::uint32_t kMaxWindowBits = 18;
// A hint of 1 MiB or more makes the tables of quality 4 eight times as large.
constexpr std::size_t kMaxSizeHint = (1u << 20) - 1;
// Without a hint the encoder takes what it is fed first for one.
constexpr std::size_t kUnknownSizeHint = 1u << 16;

struct FreeEncoder {
  void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }
};
struct FreeDecoder {
  void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

const std::uint8_t* Bytes(const char* data) { return reinterpret_cast<const std::uint8_t*>(data); }
std::uint8_t* Bytes(char* data) { return reinterpret_cast<std::uint8_t*>(data); }

std::uint32_t QualityOf(CompressionLevel level) {
  switch (level) {
    case CompressionLevel::kFastest:
      return 1;
    case CompressionLevel::kBalanced:
      return 4;
    case CompressionLevel::kSmallest:
      return 6;  // From 7 on the tables take 8 MB, 16 MB, 32 MB.
  }
  return 4;
}

class BrotliCompressor final : public Compressor {
 public:
  BrotliCompressor(CompressionLevel level, std::size_t size)
      : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)), good_(state_ != nullptr) {
    if (!good_) return;
    std::uint32_t bits = kMaxWindowBits;
    while (size != 0 && bits > BROTLI_MIN_WINDOW_BITS && (std::size_t{1} << (bits - 1)) >= size)
      --bits;
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, QualityOf(level));
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_LGWIN, bits);
    BrotliEncoderSetParameter(
        state_.get(), BROTLI_PARAM_SIZE_HINT,
        static_cast<std::uint32_t>(size == 0 ? kUnknownSizeHint : std::min(size, kMaxSizeHint)));
  }

  bool Feed(std::string_view input, std::string* out) override {
    return Run(input, BROTLI_OPERATION_PROCESS, out);
  }
  bool Flush(std::string* out) override { return Run({}, BROTLI_OPERATION_FLUSH, out); }
  bool Finish(std::string* out) override { return Run({}, BROTLI_OPERATION_FINISH, out); }

 private:
  bool Run(std::string_view input, BrotliEncoderOperation operation, std::string* out) {
    const std::uint8_t* next = Bytes(input.data());
    std::size_t left = input.size();
    while (good_) {
      const std::size_t old = out->size();
      out->resize(old + kBlock);
      std::uint8_t* to = Bytes(out->data() + old);
      std::size_t room = kBlock;
      good_ = BrotliEncoderCompressStream(state_.get(), operation, &left, &next, &room, &to,
                                          nullptr) == BROTLI_TRUE;
      out->resize(out->size() - room);
      if (left == 0 && BrotliEncoderHasMoreOutput(state_.get()) == BROTLI_FALSE) break;
    }
    return good_;
  }

  std::unique_ptr<BrotliEncoderState, FreeEncoder> state_;
  bool good_;
};

class BrotliDecompressor final : public Decompressor {
 public:
  BrotliDecompressor()
      : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)), bad_(state_ == nullptr) {}

  State Feed(std::string_view* input, std::string* out, std::size_t room) override {
    while (!bad_) {
      if (ended_) {
        if (input->empty()) return State::kMore;
        break;
      }
      if (room == 0) return State::kFull;
      const std::size_t block = std::min(room, kBlock);
      const std::size_t old = out->size();
      out->resize(old + block);
      const std::uint8_t* next = Bytes(input->data());
      std::uint8_t* to = Bytes(out->data() + old);
      std::size_t input_left = input->size();
      std::size_t room_left = block;
      const auto result =
          BrotliDecoderDecompressStream(state_.get(), &input_left, &next, &room_left, &to, nullptr);
      input->remove_prefix(input->size() - input_left);
      out->resize(out->size() - room_left);
      room -= block - room_left;
      if (result == BROTLI_DECODER_RESULT_ERROR) break;
      if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return State::kMore;
      ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
    }
    bad_ = true;
    return State::kBad;
  }

  bool Complete() const override { return ended_ && !bad_; }

 private:
  std::unique_ptr<BrotliDecoderState, FreeDecoder> state_;
  bool ended_ = false;
  bool bad_;
};

}  // namespace

std::unique_ptr<Compressor> MakeBrotliCompressor(CompressionLevel level, std::size_t size) {
  return std::make_unique<BrotliCompressor>(level, size);
}

std::unique_ptr<Decompressor> MakeBrotliDecompressor() {
  return std::make_unique<BrotliDecompressor>();
}

}  // namespace kratos::http
