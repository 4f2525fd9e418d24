// Content codings of replies and request bodies (RFC 9110, 8.4): what to compress, and how much.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/errors/status.h"

namespace kratos::http {

/// How much work goes into a reply: gzip 1, 5, 9; br 1, 4, 6; zstd 1, 3, 12.
enum class CompressionLevel { kFastest, kBalanced, kSmallest };

/// Part of ServerOptions. A value type.
///
/// A reply is compressed when the client's Accept-Encoding asks for it (RFC 9110, 12.5.3; of
/// equally welcome codings the first of `codings`), its type is one that compression helps and it
/// has at least `min_bytes`. It then carries Content-Encoding, loses Accept-Ranges, and a strong
/// ETag gets the coding's name: "abc" becomes "abc--gzip". The server takes that off If-Match and
/// If-None-Match before anybody sees them, so tags compare as if there were no compression.
/// `Vary: Accept-Encoding` is on every reply whose coding the field decides, compressed or not.
///
/// Never compressed: replies that have a Content-Encoding, `Cache-Control: no-transform` or a
/// digest field already; 204, 206 and 304; what would not get smaller. HEAD announces what GET
/// would. A client that refuses identity (`identity;q=0`) gets a coding for any type and size; one
/// that refuses everything gets identity all the same.
struct CompressionOptions {
  /// Compress replies. Default: on.
  bool replies = true;
  /// Decompress request bodies by their Content-Encoding (gzip, x-gzip, deflate, and br, zstd where
  /// built in; a list of up to two), up to Limits::max_decompressed_bytes. Off: a coded body is 415
  /// for a codec, and handed over as it is where raw bytes are wanted. Default: on.
  bool requests = true;
  /// Compress streamed replies too, each piece so that the peer can read it at once. Costs up to
  /// 0.3 MB (gzip) or some (zstd, br) for each open stream. Default: off.
  bool streams = false;
  /// Shorter replies are sent as they are. Default 1024.
  std::size_t min_bytes = 1024;
  CompressionLevel level = CompressionLevel::kBalanced;
  /// What replies may use, best first. Empty (the default): zstd, br, gzip, as far as this build
  /// has them. A name this build does not have keeps the server from starting.
  std::vector<std::string> codings{};
  /// Media types to compress beside the ones of IsCompressible: "application/x-thing", "model/*".
  std::vector<std::string> more_types{};
  /// Decides instead of IsCompressible and `more_types`, by the reply's Content-Type. Must be
  /// thread-safe and not throw.
  std::function<bool(std::string_view content_type)> compressible{};
};

/// True for media types that compression makes smaller: text/*, the types of all codecs, JSON, XML,
/// YAML and protobuf of any kind (+json, +xml, +yaml), JavaScript, WebAssembly, SVG, BMP, ICO, WAV,
/// uncompressed fonts. False for everything else, such as other images, video, audio, archives,
/// pdf, woff2 and application/octet-stream.
bool IsCompressible(std::string_view content_type);

/// Fails with 500 BAD_OPTIONS and one sentence when `options` ask for what this build does not
/// have.
Status CheckCompression(const CompressionOptions& options);

}  // namespace kratos::http
