// The chunked transfer coding (RFC 9112, 7.1), read strictly: what two readers could understand
// differently is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// Takes a chunked body apart, fed in pieces of any size. Sizes are hexadecimal digits and nothing
/// else, lines end in CR LF; chunk extensions are skipped, up to kMaxLine bytes a line, and trailer
/// fields kept, up to kMaxTrailer bytes.
class ChunkedDecoder {
 public:
  enum class State { kMore, kDone, kBad };
  static constexpr std::size_t kMaxLine = 4096;
  static constexpr std::size_t kMaxTrailer = 16 * 1024;

  /// Appends the content of `data` to `out` and tells in `used` how much of `data` belongs to this
  /// body. Must not be called again after kDone or kBad.
  State Feed(std::string_view data, std::string* out, std::size_t* used);
  /// After kDone: the trailer fields, without those that would change how the message is read
  /// (RFC 9110, 6.5.1) and without malformed ones.
  Metadata TakeTrailers();

 private:
  enum class Part {
    kSize,
    kExtension,
    kSizeEnd,
    kContent,
    kContentCr,
    kContentLf,
    kTrailerStart,
    kTrailer,
    kTrailerEnd,
    kLastLf
  };
  bool TakeByte(char c);
  bool TakeTrailerByte(char c);

  Part part_ = Part::kSize;
  std::size_t left_ = 0;  // Of the present chunk's size while reading it, then of its content.
  int digits_ = 0;
  std::size_t line_ = 0;  // Length of the present extension.
  std::string trailer_;   // Lines, each ended by LF.
  bool done_ = false;
};

}  // namespace kratos::http
