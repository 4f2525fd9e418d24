// The service itself: plain C++, without a word of HTTP or gRPC.
#pragma once

#include <vector>

#include "greeter.http.pb.h"

namespace helloworld {

class GreeterService final : public GreeterServer {
 public:
  GreeterService();

  kratos::Status SayHello(kratos::Context& ctx, const HelloRequest& request,
                          HelloReply* reply) override;
  kratos::Status GetGreeting(kratos::Context& ctx, const GetGreetingRequest& request,
                             Greeting* reply) override;
  kratos::Status ListGreetings(kratos::Context& ctx, const ListGreetingsRequest& request,
                               ListGreetingsReply* reply) override;

 private:
  std::vector<Greeting> greetings_;
};

}  // namespace helloworld
