// What generated clients give back for a streaming call.
#pragma once

#include <memory>
#include <utility>

#include "kratos/errors/status.h"
#include "kratos/stream/stream.h"

namespace kratos::codegen {

/// What Open gives back; turns into the Result of a ClientReader, ClientWriter or ClientStream,
/// whichever the caller returns.
class [[nodiscard]] OpenedCall {
 public:
  explicit OpenedCall(Result<std::unique_ptr<kratos::internal::ClientCall>> call)
      : call_(std::move(call)) {}

  template <class Stream>
  operator Result<Stream>() && {  // NOLINT(google-explicit-constructor)
    if (!call_.ok()) return call_.status();
    return Stream(std::move(*call_));
  }

 private:
  Result<std::unique_ptr<kratos::internal::ClientCall>> call_;
};

}  // namespace kratos::codegen
