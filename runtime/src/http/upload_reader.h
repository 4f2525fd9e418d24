// The requests of a client-streaming rpc out of the body of an HTTP request.
#pragma once

#include <google/protobuf/message.h>

#include "kratos/http/context.h"
#include "kratos/stream/stream.h"

namespace kratos::http {

/// Makes a message of each piece of the body: `base` (what query and path bind) with the bytes in
/// its google.api.HttpBody. There is always at least one message, so that what `base` says arrives.
class UploadReader final : public kratos::internal::MessageReader {
 public:
  /// `body_field` 0: the message is the HttpBody.
  UploadReader(Context& ctx, const google::protobuf::Message& base, int body_field)
      : ctx_(ctx), base_(base), body_field_(body_field) {}

  Result<bool> Recv(google::protobuf::Message* message) override;

 private:
  Context& ctx_;
  const google::protobuf::Message& base_;
  const int body_field_;
  bool first_ = true;
};

}  // namespace kratos::http
