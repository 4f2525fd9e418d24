// Streaming compression and decompression, whatever the library.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/compression/coding.h"
#include "kratos/http/compression.h"

namespace kratos::http {

/// Turns bytes into one content coding. Not thread-safe. Every call appends what is ready to `out`
/// and returns false when the library fails (no memory); the object is of no use after that.
class Compressor {
 public:
  virtual ~Compressor() = default;
  /// May hold bytes back for a better ratio.
  virtual bool Feed(std::string_view input, std::string* out) = 0;
  /// Makes all that was fed decodable by the peer: for streams, after each message.
  virtual bool Flush(std::string* out) = 0;
  /// Ends the coding.
  virtual bool Finish(std::string* out) = 0;
};

/// Never null for a coding of ReplyCodings(). `size` is how many bytes will be fed, 0 when unknown:
/// small replies then take small tables. Memory at most: gzip 0.3 MB, br 5 MB, zstd 3 MB.
std::unique_ptr<Compressor> MakeCompressor(Coding coding, CompressionLevel level, std::size_t size);

/// Turns one content coding back. Not thread-safe.
class Decompressor {
 public:
  enum class State {
    kMore,  ///< all input is used up
    kFull,  ///< `room` is used up; call again
    kBad,   ///< malformed, or bytes behind the end
  };
  virtual ~Decompressor() = default;
  /// Takes bytes from the front of `input` and appends at most `room` (not 0) of output to `out`.
  virtual State Feed(std::string_view* input, std::string* out, std::size_t room) = 0;
  /// True when the input so far is complete. Several gzip members, and several zstd frames, one
  /// after another are complete too (RFC 1952, 2.2; RFC 8878, 3).
  virtual bool Complete() const = 0;
};

/// Never null for what FindCoding returns, kIdentity excepted. Memory is a few hundred kilobytes
/// and the window that the data ask for: gzip 32 KiB, br up to 16 MiB, zstd up to 8 MiB (RFC 9659);
/// beyond: kBad. Windows are touched only as far as output fills them.
std::unique_ptr<Decompressor> MakeDecompressor(Coding coding);

// One file each.
std::unique_ptr<Compressor> MakeGzipCompressor(CompressionLevel level, std::size_t size);
std::unique_ptr<Compressor> MakeBrotliCompressor(CompressionLevel level, std::size_t size);
std::unique_ptr<Compressor> MakeZstdCompressor(CompressionLevel level, std::size_t size);
/// kGzip or kDeflate, which is the zlib format (RFC 1950) and not a bare deflate stream.
std::unique_ptr<Decompressor> MakeZlibDecompressor(Coding coding);
std::unique_ptr<Decompressor> MakeBrotliDecompressor();
std::unique_ptr<Decompressor> MakeZstdDecompressor();

}  // namespace kratos::http
