// One message laid over another.
#pragma once

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace kratos::http {

/// Gives every field that is set in `from` the same value in `onto`, of the same type: lists and
/// maps are replaced whole, sub-messages laid over each other in turn.
void OverlayMessage(const google::protobuf::Message& from, google::protobuf::Message* onto);

}  // namespace kratos::http
