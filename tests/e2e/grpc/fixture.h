// A gRPC server of kratos's and one of gRPC's own, with the same service behind them.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/server_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness.h"
#include "kratos/context/context.h"
#include "kratos/grpc/client.h"
#include "kratos/grpc/server.h"
#include "talker.grpc.pb.h"
#include "talker.http.pb.h"
#include "talker.kratos_grpc.pb.h"

namespace e2e::talker {

/// A service of kratos's whose methods do what the scripts say: Say answers its request otherwise,
/// Count counts, Sum adds, Chat answers line for line.
class TalkerService final : public TalkerServer {
 public:
  using In = kratos::ServerReader<Line>;
  using Out = kratos::ServerStream<Line>;

  kratos::Status Say(kratos::Context& ctx, const Line& request, Line* reply) override;
  kratos::Status Count(kratos::Context& ctx, const Line& request, Out& out) override;
  kratos::Status Sum(kratos::Context& ctx, In& in, Line* reply) override;
  kratos::Status Chat(kratos::Context& ctx, In& in, Out& out) override;

  std::function<kratos::Status(kratos::Context&, const Line&, Line*)> say{};
  std::function<kratos::Status(kratos::Context&, const Line&, Out&)> count{};
  std::function<kratos::Status(kratos::Context&, In&, Line*)> sum{};
  std::function<kratos::Status(kratos::Context&, In&, Out&)> chat{};
};

kratos::grpc::ServerOptions LocalGrpcOptions();

/// A server of kratos's on a thread of its own, from Start() to Stop() or the end of the scope.
/// What handlers use is declared before it, for they may still be at it when the test is done.
class KratosServer {
 public:
  explicit KratosServer(kratos::grpc::ServerOptions options = LocalGrpcOptions());
  ~KratosServer();

  TalkerService& service() { return *service_; }
  kratos::grpc::Server& server() { return server_; }
  kratos::grpc::Server* operator->() { return &server_; }
  /// Fails the test when the server cannot listen.
  void Start();
  kratos::Status Stop(std::chrono::milliseconds grace = std::chrono::seconds(30));
  /// "127.0.0.1:port".
  std::string address() const;

  /// gRPC's own stub.
  std::unique_ptr<Talker::Stub> Stub() const;
  std::shared_ptr<::grpc::Channel> Channel() const;
  /// kratos's client.
  TalkerGrpcClient Client(std::vector<kratos::Middleware> middleware = {}) const;

 private:
  std::shared_ptr<TalkerService> service_ = std::make_shared<TalkerService>();
  kratos::grpc::Server server_;
  std::thread thread_;
};

/// A service of gRPC's own code generator, synchronous as most are. It does what TalkerService
/// does.
class NativeTalker final : public Talker::Service {
 public:
  ::grpc::Status Say(::grpc::ServerContext* ctx, const Line* request, Line* reply) override;
  ::grpc::Status Count(::grpc::ServerContext* ctx, const Line* request,
                       ::grpc::ServerWriter<Line>* out) override;
  ::grpc::Status Sum(::grpc::ServerContext* ctx, ::grpc::ServerReader<Line>* in,
                     Line* reply) override;
  ::grpc::Status Chat(::grpc::ServerContext* ctx,
                      ::grpc::ServerReaderWriter<Line, Line>* stream) override;

  std::function<::grpc::Status(::grpc::ServerContext*, const Line*, Line*)> say{};
  std::function<::grpc::Status(::grpc::ServerContext*, const Line*, ::grpc::ServerWriter<Line>*)>
      count{};
  std::function<::grpc::Status(::grpc::ServerContext*, ::grpc::ServerReader<Line>*, Line*)> sum{};
  std::function<::grpc::Status(::grpc::ServerContext*, ::grpc::ServerReaderWriter<Line, Line>*)>
      chat{};
};

/// gRPC's own server with that service, from construction to the end of the scope.
class NativeServer {
 public:
  /// Set scripts before the first call.
  NativeServer();
  ~NativeServer();
  NativeTalker& service() { return service_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  kratos::grpc::ClientOptions Options() const;
  TalkerGrpcClient Client(std::vector<kratos::Middleware> middleware = {}) const;
  void Shutdown() { server_->Shutdown(std::chrono::system_clock::now()); }

 private:
  NativeTalker service_;
  int port_ = 0;
  std::unique_ptr<::grpc::Server> server_;
};

/// A client that must come into being.
TalkerGrpcClient MakeClient(kratos::grpc::ClientOptions options);

Line MakeLine(std::string text, int number = 0);

/// How a call ends whose deadline has passed: gRPC's server may break it off before its client
/// notices.
bool IsTimeUp(const ::grpc::Status& status);

/// A time-out so long that it only ends a test that hangs.
std::chrono::system_clock::time_point FarAway();

}  // namespace e2e::talker
