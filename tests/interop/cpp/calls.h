// The generated client's methods by rpc name.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"

namespace interop {

struct Outcome {
  kratos::Status status;
  std::unique_ptr<google::protobuf::Message> reply;
};

using Call = std::function<Outcome(std::shared_ptr<kratos::http::Client> client,
                                   kratos::Context& ctx, const google::protobuf::Message& request,
                                   const kratos::http::CallOptions& options)>;

const std::map<std::string, Call, std::less<>>& Calls();

}  // namespace interop
