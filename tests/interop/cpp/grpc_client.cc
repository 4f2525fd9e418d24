// Calls helloworld.Greeter over gRPC and prints a line per case: "ok NAME" or "FAIL NAME: why".
//
//   kratos_interop_grpc_client HOST:PORT go|cpp
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "greeter.kratos_grpc.pb.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/client.h"
#include "say.h"
#include "travel.h"

namespace {

using helloworld::HelloReply;
using helloworld::HelloRequest;
using kratos::Status;

HelloRequest Named(std::string name) {
  HelloRequest request;
  request.set_name(std::move(name));
  return request;
}

// What is wrong with an error, or "".
std::string IsError(const Status& status, int code, std::string_view reason,
                    std::string_view message, std::string_view name = "") {
  if (status.ok()) return "no error";
  if (status.code() != code || status.reason() != reason || status.message() != message)
    return status.error().ToString();
  const auto& metadata = status.error().metadata();
  const auto found = metadata.find("name");
  return name.empty() || (found != metadata.end() && found->second == name)
             ? ""
             : status.error().ToString();
}

class Cases {
 public:
  Cases(helloworld::GreeterGrpcClient client, bool cpp) : client_(std::move(client)), cpp_(cpp) {}

  std::string Unary() {
    const Status status = Say("world");
    return !status.ok() ? status.message() : reply_.message() == "hello world" ? "" : "wrong reply";
  }
  std::string Metadata() {
    kratos::grpc::ReplyInfo info;
    kratos::grpc::CallOptions options;
    options.headers = {{"x-md-color", "red"}, {"x-md-color", "blue"}};
    options.reply_info = &info;
    const Status status = Say("world", options);
    if (!status.ok()) return status.message();
    const auto colors = info.headers.Values("x-color");
    return colors.size() == 2 && colors[0] == "red" && colors[1] == "blue" ? "" : "other fields";
  }
  std::string Reason() { return IsError(Say("nobody"), 404, "NOBODY", "nobody is here", "nobody"); }
  std::string Teapot() {
    // Kratos for Go has no place for the code: UNKNOWN, which is 500.
    return IsError(Say("teapot"), cpp_ ? 418 : 500, "TEAPOT", "short and stout");
  }
  std::string Deadline() {
    kratos::grpc::CallOptions options;
    options.timeout = std::chrono::milliseconds(100);
    const Status status = Say("wait", options);
    return status.code() == 504 ? "" : "not 504 but " + std::to_string(status.code());
  }
  std::string Stream() {
    kratos::Context ctx;
    auto stream = client_.SayHelloStream(ctx);
    if (!stream.ok()) return stream.status().message();
    for (int i = 0; i < 100; ++i) {
      const std::string name = "number " + std::to_string(i);
      if (Status status = stream->Send(Named(name)); !status.ok()) return status.message();
      const auto more = stream->Recv(&reply_);
      if (!more.ok()) return more.status().message();
      if (!*more || reply_.message() != "hello " + name) return "wrong reply";
    }
    if (Status status = stream->CloseSend(); !status.ok()) return status.message();
    const auto end = stream->Recv(&reply_);
    if (!end.ok()) return end.status().message();
    return *end ? "one reply too many" : "";
  }
  std::string FailingStream() {
    kratos::Context ctx;
    auto stream = client_.SayHelloStream(ctx);
    if (!stream.ok()) return stream.status().message();
    if (Status status = stream->Send(Named("fail")); !status.ok()) return status.message();
    return IsError(stream->Recv(&reply_).status(), 409, "STOPPED", "as asked", "fail");
  }

 private:
  Status Say(const std::string& name, const kratos::grpc::CallOptions& options = {}) {
    kratos::Context ctx;
    return client_.SayHello(ctx, Named(name), &reply_, options);
  }

  helloworld::GreeterGrpcClient client_;
  const bool cpp_;
  HelloReply reply_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 3 ? argv[2] : "";
  if (kind != "go" && kind != "cpp") {
    std::fprintf(stderr, "usage: kratos_interop_grpc_client HOST:PORT go|cpp\n");
    return 2;
  }
  kratos::grpc::ClientOptions options;
  options.endpoint = argv[1];
  options.timeout = std::chrono::seconds(30);
  auto client = kratos::grpc::Client::Create(options);
  if (!client.ok()) {
    std::fprintf(stderr, "client: %s\n", client.status().message().c_str());
    return 2;
  }
  Cases cases(helloworld::GreeterGrpcClient(*client), kind == "cpp");
  const std::pair<const char*, std::string (Cases::*)()> rows[] = {
      {"grpc unary", &Cases::Unary},
      {"grpc metadata both ways", &Cases::Metadata},
      {"grpc error with reason and metadata", &Cases::Reason},
      {"grpc error with a code outside the table", &Cases::Teapot},
      {"grpc deadline", &Cases::Deadline},
      {"grpc stream", &Cases::Stream},
      {"grpc stream that fails", &Cases::FailingStream},
  };
  int failed = 0;
  for (const auto& [name, check] : rows) {
    const std::string problem = (cases.*check)();
    fmt::print("{}\n", problem.empty() ? fmt::format("ok {}", name)
                                       : fmt::format("FAIL {}: {}", name, problem));
    failed += problem.empty() ? 0 : 1;
  }
  const interop::Traveller traveller;
  const auto say = interop::SayOver<helloworld::GreeterGrpcClient, kratos::grpc::Client,
                                    kratos::grpc::ClientOptions>(traveller, argv[1]);
  failed += say.ok() ? traveller.RunCases("grpc", kind == "go", *say) : 1;
  return failed == 0 ? 0 : 1;
}
