// The content coding of one call's reply.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/compression/accept_encoding.h"
#include "http/compression/compressor.h"
#include "kratos/http/compression.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// Lives as long as its call: made before anybody reads the request's fields, asked when the reply
/// is complete. `options` must outlive it.
class ReplyCompression {
 public:
  /// Takes the marks of codings off the tags of If-Match and If-None-Match (see tag_marks.h).
  ReplyCompression(const CompressionOptions& options, const std::vector<Coding>& offered,
                   Request* request);

  /// Compresses the body of a complete reply if the options and the client want that, and sets the
  /// fields that go with it. To be called once; does nothing when the reply must stay as it is.
  void Apply(Response* response) const;

  /// The same for a reply whose body comes in pieces and has no known length: sets the fields, and
  /// returns what to feed the pieces through, or null to send them as they are. Flush after each
  /// piece that the peer is to see at once.
  std::unique_ptr<Compressor> Begin(Response* head) const;

 private:
  /// True when the client's wishes decide the reply's coding.
  bool Negotiable(const Response& response) const;
  void SetFields(Coding coding, Response* response) const;

  const CompressionOptions& options_;
  CodingChoice choice_;
  /// If-None-Match as it came, when a tag in it had a mark.
  std::string marked_;
};

}  // namespace kratos::http
