// Error replies back to errors.
#pragma once

#include <optional>
#include <string_view>

#include "kratos/codec/codec.h"
#include "kratos/errors/status.h"
#include "kratos/http/message.h"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace kratos::http {

/// The codec a reply's body is to be read with, by its Content-Type; JSON when that says nothing we
/// know.
const codec::Codec& ReplyCodec(const codec::Registry& registry, const Metadata& headers);

/// What a reply outside 200..299 means. The body is read as Kratos's errors.Status, else as
/// google.rpc.Status in one of its JSON forms ({"error": {...}} or {"code", "message", "details"}),
/// else its text becomes the message. The code is the HTTP status; only under 500 a code in the
/// body outside 400..599 is kept: that is how a business code travels. The whole reply is attached
/// as Error::peer_reply().
Status ErrorFromReply(const codec::Registry& registry, Response reply);

/// What a stream says of its failure, in the same JSON; text of another kind becomes the message of
/// a 500.
Error ErrorFromEvent(const codec::Registry& registry, std::string_view text);

/// The failure that an element {"error": {...}} of a JSON stream tells; nothing when `element` is a
/// message of the type `message`.
std::optional<Error> ErrorFromElement(const codec::Registry& registry, std::string_view element,
                                      const google::protobuf::Descriptor& message);

}  // namespace kratos::http
