#include "kratos/stream/stream.h"

#include "kratos/errors/errors.h"

namespace kratos::internal {

Status MissingReply() {
  return InternalServer(kReasonUnknown, "the server ended the call without a reply");
}

}  // namespace kratos::internal
