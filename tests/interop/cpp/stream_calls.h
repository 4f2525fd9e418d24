// The streaming calls of the generated client, by rpc name and over untyped messages.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/http/client.h"

namespace interop {

/// The client's end of one streaming call.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual kratos::Status Send(const google::protobuf::Message& message) = 0;
  /// Behind the last message. False at the end of a server's stream. A client stream's reply comes
  /// once, and then the end.
  virtual kratos::Status CloseSend() = 0;
  virtual kratos::Result<bool> Recv(google::protobuf::Message* message) = 0;
  virtual void Cancel() = 0;
};

struct StreamMethod {
  bool client = false;
  bool server = false;
  const google::protobuf::Message* reply = nullptr;
  /// `request` is null unless only the server streams.
  kratos::Result<std::unique_ptr<Stream>> (*open)(
      std::shared_ptr<kratos::http::Client> client, kratos::Context& ctx,
      const google::protobuf::Message* request) = nullptr;
};

/// Null: there is no such method.
const StreamMethod* FindStream(const std::string& name);

}  // namespace interop
