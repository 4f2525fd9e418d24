#include "http/compression/compressor.h"

namespace kratos::http {

std::unique_ptr<Compressor> MakeCompressor(Coding coding, CompressionLevel level,
                                           std::size_t size) {
  switch (coding) {
    case Coding::kGzip:
      return MakeGzipCompressor(level, size);
#ifdef KRATOS_HAVE_BROTLI
    case Coding::kBrotli:
      return MakeBrotliCompressor(level, size);
#endif
#ifdef KRATOS_HAVE_ZSTD
    case Coding::kZstd:
      return MakeZstdCompressor(level, size);
#endif
    default:
      return nullptr;
  }
}

std::unique_ptr<Decompressor> MakeDecompressor(Coding coding) {
  switch (coding) {
    case Coding::kGzip:
    case Coding::kDeflate:
      return MakeZlibDecompressor(coding);
#ifdef KRATOS_HAVE_BROTLI
    case Coding::kBrotli:
      return MakeBrotliDecompressor();
#endif
#ifdef KRATOS_HAVE_ZSTD
    case Coding::kZstd:
      return MakeZstdDecompressor();
#endif
    default:
      return nullptr;
  }
}

}  // namespace kratos::http
