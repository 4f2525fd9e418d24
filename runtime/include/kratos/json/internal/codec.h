// Where code generated for a message type replaces reflection. Makes no promises to users.
#pragma once

#include <string_view>

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace kratos::json::internal {

class Decoder;
class Encoder;

/// How one compiled-in message type is read and written. Both return false after recording an error
/// in the coder.
struct MessageCodec {
  /// Writes `message` as one JSON value.
  bool (*encode)(const google::protobuf::Message& message, Encoder& encoder);
  /// Reads one JSON value into `message`.
  bool (*decode)(Decoder& decoder, google::protobuf::Message* message);
};

/// From now on `codec` serves the compiled-in message type with that full name, wherever it
/// appears; a null pointer ends that. Dynamic messages are never given to it. `codec` must live as
/// long as the process. Thread-safe; may run before main.
void RegisterMessageCodec(std::string_view full_name, const MessageCodec* codec);

}  // namespace kratos::json::internal
