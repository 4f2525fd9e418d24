// Which codecs the frames of a WebSocket are written in.
#pragma once

#include "kratos/codec/codec.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

struct StreamCodec {
  /// Neither is null.
  const codec::Codec* in = nullptr;
  const codec::Codec* out = nullptr;
};

/// As Kratos chooses: replies by Accept, then Content-Type; requests by Content-Type, then Accept;
/// the first type of these that is registered, else JSON.
StreamCodec ChooseStreamCodec(const codec::Registry& codecs, const Metadata& request_headers);

/// True when what the codec writes is text.
bool IsText(const codec::Codec& codec);

}  // namespace kratos::http
