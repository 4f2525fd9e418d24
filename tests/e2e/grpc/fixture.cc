#include "fixture.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include "support/catch.h"

namespace e2e::talker {

kratos::Status TalkerService::Say(kratos::Context& ctx, const Line& request, Line* reply) {
  if (say) return say(ctx, request, reply);
  *reply = request;
  return {};
}

kratos::Status TalkerService::Count(kratos::Context& ctx, const Line& request, Out& out) {
  if (count) return count(ctx, request, out);
  for (int i = 1; i <= request.number(); ++i) {
    if (kratos::Status status = out.Send(MakeLine(request.text(), i)); !status.ok()) return status;
  }
  return {};
}

kratos::Status TalkerService::Sum(kratos::Context& ctx, In& in, Line* reply) {
  if (sum) return sum(ctx, in, reply);
  Line line;
  int total = 0;
  while (true) {
    const kratos::Result<bool> more = in.Recv(&line);
    if (!more.ok()) return more.status();
    if (!*more) break;
    total += line.number();
  }
  reply->set_number(total);
  return {};
}

kratos::Status TalkerService::Chat(kratos::Context& ctx, In& in, Out& out) {
  if (chat) return chat(ctx, in, out);
  Line line;
  while (true) {
    const kratos::Result<bool> more = in.Recv(&line);
    if (!more.ok()) return more.status();
    if (!*more) return {};
    if (kratos::Status status = out.Send(MakeLine("re: " + line.text(), line.number()));
        !status.ok())
      return status;
  }
}

kratos::grpc::ServerOptions LocalGrpcOptions() {
  kratos::grpc::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.timeout = std::chrono::milliseconds(0);
  return options;
}

KratosServer::KratosServer(kratos::grpc::ServerOptions options) : server_(std::move(options)) {
  RegisterTalkerGrpcServer(server_, service_);
}

KratosServer::~KratosServer() {
  if (thread_.joinable()) {
    (void)Stop(std::chrono::seconds(10));
  }
}

void KratosServer::Start() {
  const kratos::Status listening = server_.Listen();
  INFO(listening.message());
  REQUIRE(listening.ok());
  thread_ = std::thread([this] { (void)server_.Start(); });
}

kratos::Status KratosServer::Stop(std::chrono::milliseconds grace) {
  kratos::Status status = server_.Stop(grace);
  thread_.join();
  return status;
}

std::string KratosServer::address() const { return "127.0.0.1:" + std::to_string(server_.port()); }

std::shared_ptr<::grpc::Channel> KratosServer::Channel() const {
  return ::grpc::CreateChannel(address(), ::grpc::InsecureChannelCredentials());
}

std::unique_ptr<Talker::Stub> KratosServer::Stub() const { return Talker::NewStub(Channel()); }

TalkerGrpcClient KratosServer::Client(std::vector<kratos::Middleware> middleware) const {
  kratos::grpc::ClientOptions options;
  options.endpoint = address();
  options.timeout = std::chrono::milliseconds(0);
  options.middleware = std::move(middleware);
  return MakeClient(std::move(options));
}

::grpc::Status NativeTalker::Say(::grpc::ServerContext* ctx, const Line* request, Line* reply) {
  if (say) return say(ctx, request, reply);
  *reply = *request;
  return ::grpc::Status::OK;
}

::grpc::Status NativeTalker::Count(::grpc::ServerContext* ctx, const Line* request,
                                   ::grpc::ServerWriter<Line>* out) {
  if (count) return count(ctx, request, out);
  for (int i = 1; i <= request->number(); ++i) out->Write(MakeLine(request->text(), i));
  return ::grpc::Status::OK;
}

::grpc::Status NativeTalker::Sum(::grpc::ServerContext* ctx, ::grpc::ServerReader<Line>* in,
                                 Line* reply) {
  if (sum) return sum(ctx, in, reply);
  Line line;
  int total = 0;
  while (in->Read(&line)) total += line.number();
  reply->set_number(total);
  return ::grpc::Status::OK;
}

::grpc::Status NativeTalker::Chat(::grpc::ServerContext* ctx,
                                  ::grpc::ServerReaderWriter<Line, Line>* stream) {
  if (chat) return chat(ctx, stream);
  Line line;
  while (stream->Read(&line)) stream->Write(MakeLine("re: " + line.text(), line.number()));
  return ::grpc::Status::OK;
}

NativeServer::NativeServer() {
  ::grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", ::grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(&service_);
  server_ = builder.BuildAndStart();
  REQUIRE(server_ != nullptr);
}

NativeServer::~NativeServer() { Shutdown(); }

kratos::grpc::ClientOptions NativeServer::Options() const {
  kratos::grpc::ClientOptions options;
  options.endpoint = address();
  options.timeout = std::chrono::milliseconds(0);
  return options;
}

TalkerGrpcClient NativeServer::Client(std::vector<kratos::Middleware> middleware) const {
  auto options = Options();
  options.middleware = std::move(middleware);
  return MakeClient(std::move(options));
}

TalkerGrpcClient MakeClient(kratos::grpc::ClientOptions options) {
  auto client = kratos::grpc::Client::Create(std::move(options));
  INFO(client.status().message());
  REQUIRE(client.ok());
  return TalkerGrpcClient(*client);
}

Line MakeLine(std::string text, int number) {
  Line line;
  line.set_text(std::move(text));
  line.set_number(number);
  return line;
}

bool IsTimeUp(const ::grpc::Status& status) {
  return status.error_code() == ::grpc::StatusCode::DEADLINE_EXCEEDED ||
         status.error_code() == ::grpc::StatusCode::CANCELLED;
}

std::chrono::system_clock::time_point FarAway() {
  return std::chrono::system_clock::now() + std::chrono::minutes(2);
}

}  // namespace e2e::talker
