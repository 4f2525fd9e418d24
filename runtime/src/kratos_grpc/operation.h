// An rpc as the server answers it: composed when the server starts listening, then only read.
#pragma once

#include <chrono>
#include <string>

#include "kratos/grpc/method.h"
#include "kratos/middleware/middleware.h"

namespace kratos::grpc {

struct Operation {
  /// `method.operation` as a string of our own.
  std::string name;
  ServiceMethod method;
  /// The middleware around the method.
  Handler chain;
  /// Zero: none.
  std::chrono::milliseconds timeout{0};

  bool streams() const { return method.request_stream || method.reply_stream; }
};

}  // namespace kratos::grpc
