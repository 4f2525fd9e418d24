// Has helloworld.Greeter say hello, over the transport that the address names.
//
//   greet ADDRESS [NAME [LANGUAGE]]      http://localhost:8000 or grpc://localhost:9000
//
// Exit status: 0 said, 1 the call failed, 2 wrong use, 3 there is nobody of this name.
#include <cstdio>
#include <string>

#include "greeter.http.pb.h"
#include "greeter.kratos_grpc.pb.h"
#include "kratos/context/context.h"
#include "kratos/grpc/client.h"
#include "kratos/http/client.h"
#include "reasons.errors.pb.h"

namespace {

// The generated clients differ in their connection alone.
template <class Client, class Connection>
int Greet(const kratos::Result<Connection>& connection, const helloworld::HelloRequest& request) {
  if (!connection.ok()) {
    std::fprintf(stderr, "greet: %s\n", connection.status().message().c_str());
    return 2;
  }
  const Client client(*connection);
  kratos::Context ctx;
  helloworld::HelloReply reply;
  const kratos::Status status = client.SayHello(ctx, request, &reply);
  if (helloworld::IsPersonMissing(status)) {
    std::printf("There is no %s.\n", status.error().metadata().at("name").c_str());
    return 3;
  }
  if (!status.ok()) {
    std::fprintf(stderr, "greet: %s\n", status.message().c_str());
    return 1;
  }
  std::printf("%s\n", reply.message().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: greet ADDRESS [NAME [LANGUAGE]]\n");
    return 2;
  }
  const std::string address = argv[1];
  helloworld::HelloRequest request;
  request.set_name(argc > 2 ? argv[2] : "world");
  if (argc > 3) request.set_language(argv[3]);
  if (address.starts_with("grpc://")) {
    return Greet<helloworld::GreeterGrpcClient>(kratos::grpc::Client::Create({.endpoint = address}),
                                                request);
  }
  return Greet<helloworld::GreeterHttpClient>(kratos::http::Client::Create({.endpoint = address}),
                                              request);
}
