// The errors that codecs answer with, and what all of them check first.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kratos/codec/codec.h"

namespace kratos::codec::internal {

/// 400 CODEC, "body: <what>".
Error BodyError(std::string_view what);

/// 500 CODEC with a message fit for strangers; `detail` goes to the cause, which no peer sees.
Error EncodeError(std::string_view codec, std::string detail);

/// Line and column, from 1; columns count bytes.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
};

Position PositionAt(std::string_view text, std::size_t offset);

/// " (at line 3, column 5)".
std::string Describe(Position position);

/// Refuses what is not UTF-8 and the control characters that neither XML nor YAML may contain.
Status CheckText(std::string_view text);

/// The proto2 required fields that are missing; OK when there are none.
Status CheckRequired(const google::protobuf::Message& message);

}  // namespace kratos::codec::internal
