// Replies back to messages.
#pragma once

#include "http/client_binding.h"
#include "kratos/codec/codec.h"
#include "kratos/errors/status.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// Reads a reply of status 200..299 into `message`, which is cleared first and stays so when the
/// body is empty. The body is moved out of `reply` where it travels raw. A body that cannot be read
/// is a 500 CODEC with the reply attached.
Status DecodeReply(const codec::Registry& registry, const BodyRule& rule, Response* reply,
                   google::protobuf::Message* message);

}  // namespace kratos::http
