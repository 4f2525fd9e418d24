// A body's Content-Encoding undone, piece by piece, within a limit.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/compression/compressor.h"
#include "kratos/errors/status.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// The codings a body may have, one applied to the other.
inline constexpr std::size_t kMaxCodings = 2;

/// Undoes the codings of one body. Not thread-safe.
class ContentDecoder {
 public:
  /// For a body with these header fields. `limit` is how many bytes may come out of each coding; 0:
  /// no limit. Null when the body has no coding but identity. 415 for an unknown coding or more
  /// than kMaxCodings.
  static kratos::Result<std::unique_ptr<ContentDecoder>> Create(const Metadata& headers,
                                                                std::size_t limit);

  /// Appends what `input` becomes to `out`. 413 as soon as more than the limit would come out (the
  /// limit itself is out then, and one byte more at most), 400 for malformed data; after an error
  /// the object is of no use.
  Status Feed(std::string_view input, std::string* out);
  /// The body has ended: 400 when it must not end here.
  Status Finish() const;

 private:
  struct Stage {
    Coding coding;
    std::unique_ptr<Decompressor> decompressor;
    std::size_t produced = 0;
  };

  explicit ContentDecoder(std::size_t limit) : limit_(limit) {}
  Status Run(std::size_t stage, std::string_view input, std::string* out);

  const std::size_t limit_;
  /// The coding that was applied last comes first.
  std::vector<Stage> stages_;
};

}  // namespace kratos::http
