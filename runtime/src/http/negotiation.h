// Which codec answers a call.
#pragma once

#include <string_view>

#include "kratos/codec/codec.h"

namespace kratos::http {

class Context;

struct Negotiated {
  /// Never null.
  const codec::Codec* codec = nullptr;
  /// JSON, for what `codec` cannot carry.
  const codec::Codec* json = nullptr;
  /// "application/<name>"; the registry's.
  std::string_view content_type;
  codec::EncodeOptions options;
};

/// The codec the Accept fields choose, JSON when they choose none, and the emit style of the call's
/// operation.
Negotiated NegotiateReply(const Context& ctx);

/// 400 when there are Content-Type fields that differ: who reads the first and who reads the last
/// would see different bodies.
Status OneContentType(const Metadata& headers);

}  // namespace kratos::http
