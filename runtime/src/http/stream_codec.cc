#include "http/stream_codec.h"

#include <initializer_list>
#include <string_view>

#include "codec/accept.h"

namespace kratos::http {

namespace {

const codec::Codec* First(const codec::Registry& codecs, const Metadata& headers,
                          std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (const auto& range : codec::ParseAccept(headers.Values(name))) {
      const codec::Codec* found = codecs.Find(range.type.subtype);
      if (found != nullptr) return found;
    }
  }
  const codec::Codec* found = codecs.Find("protojson");
  return found != nullptr ? found : codecs.Find("json");
}

}  // namespace

StreamCodec ChooseStreamCodec(const codec::Registry& codecs, const Metadata& request_headers) {
  return {.in = First(codecs, request_headers, {"Content-Type", "Accept"}),
          .out = First(codecs, request_headers, {"Accept", "Content-Type"})};
}

bool IsText(const codec::Codec& codec) {
  return codec.name() != "proto" && codec.name() != "msgpack";
}

}  // namespace kratos::http
