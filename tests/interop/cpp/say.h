// SayHello through a client of either transport, for travel.h.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "greeter.pb.h"
#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "travel.h"

namespace interop {

/// Through a client of `endpoint` with the traveller's middleware. `Generated` is the Greeter's
/// client over `Client`.
template <class Generated, class Client, class Options>
kratos::Result<Traveller::Say> SayOver(const Traveller& traveller, std::string endpoint) {
  Options options;
  options.endpoint = std::move(endpoint);
  options.timeout = std::chrono::seconds(30);
  options.middleware = traveller.middleware();
  auto client = Client::Create(std::move(options));
  if (!client.ok()) return client.status();
  return Traveller::Say([greeter = Generated(*client)](kratos::Context& ctx,
                                                       const std::string& name,
                                                       std::string* message) -> kratos::Status {
    helloworld::HelloRequest request;
    request.set_name(name);
    helloworld::HelloReply reply;
    kratos::Status status = greeter.SayHello(ctx, request, &reply);
    *message = reply.message();
    return status;
  });
}

}  // namespace interop
