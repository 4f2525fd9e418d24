#include "codec/codec_error.h"

#include <google/protobuf/message.h>

#include "kratos/errors/errors.h"
#include "kratos/route/percent.h"

namespace kratos::codec::internal {

Error BodyError(std::string_view what) {
  return BadRequest(kReasonCodec, "body: " + std::string(what));
}

Error EncodeError(std::string_view codec, std::string detail) {
  return InternalServer(kReasonCodec, "the message cannot be encoded as " + std::string(codec))
      .WithCause(InternalServer(kReasonCodec, std::move(detail)));
}

Position PositionAt(std::string_view text, std::size_t offset) {
  Position position{1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

std::string Describe(Position position) {
  return " (at line " + std::to_string(position.line) + ", column " +
         std::to_string(position.column) + ")";
}

Status CheckText(std::string_view text) {
  if (!route::IsValidUtf8(text)) return BodyError("not valid UTF-8");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r') {
      return BodyError("a control character" + Describe(PositionAt(text, i)));
    }
  }
  return Status();
}

Status CheckRequired(const google::protobuf::Message& message) {
  if (message.IsInitialized()) return Status();
  return BodyError("required fields are missing: " + message.InitializationErrorString());
}

}  // namespace kratos::codec::internal
