// Health and reflection, asked as monitors and tools ask.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <atomic>
#include <set>

#include "fixture.h"
#include "health.grpc.pb.h"
#include "kratos/errors/errors.h"
#include "reflection.grpc.pb.h"
#include "support/catch.h"
#ifdef KRATOS_E2E_HAVE_CHANNELZ
#include <google/protobuf/message.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#endif

namespace e2e::talker {
namespace {

namespace health = ::grpc::health::v1;
namespace reflection = ::grpc::reflection::v1;

::grpc::Status Check(KratosServer& server, const std::string& service,
                     health::HealthCheckResponse* reply) {
  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  health::HealthCheckRequest request;
  request.set_service(service);
  return health::Health::NewStub(server.Channel())->Check(&ctx, request, reply);
}

TEST_CASE("grpc health: of the server and of each service") {
  KratosServer server;
  server.Start();
  health::HealthCheckResponse reply;
  CHECK(Check(server, "", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  CHECK(Check(server, "e2e.talker.Talker", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  CHECK(Check(server, "no.such.Service", &reply).error_code() == ::grpc::StatusCode::NOT_FOUND);
  server->SetServing("e2e.talker.Talker", false);
  CHECK(Check(server, "e2e.talker.Talker", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::NOT_SERVING);
  CHECK(Check(server, "", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
}

TEST_CASE("grpc health: a service that was said not to serve before the start does not") {
  KratosServer server;
  server->SetServing("e2e.talker.Talker", false);
  server.Start();
  health::HealthCheckResponse reply;
  CHECK(Check(server, "", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  CHECK(Check(server, "e2e.talker.Talker", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::NOT_SERVING);
}

TEST_CASE("grpc health: a watch sees changes, and NOT_SERVING when the server stops") {
  KratosServer server;
  server.Start();
  const auto stub = health::Health::NewStub(server.Channel());
  ::grpc::ClientContext ctx;
  auto watch = stub->Watch(&ctx, health::HealthCheckRequest());
  health::HealthCheckResponse reply;
  REQUIRE(watch->Read(&reply));
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  server->SetServing("", false);
  REQUIRE(watch->Read(&reply));
  CHECK(reply.status() == health::HealthCheckResponse::NOT_SERVING);
  server->SetServing("", true);
  REQUIRE(watch->Read(&reply));
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  std::thread stopping([&] { (void)server.Stop(); });
  REQUIRE(watch->Read(&reply));
  CHECK(reply.status() == health::HealthCheckResponse::NOT_SERVING);
  CHECK_FALSE(watch->Read(&reply));
  CHECK(watch->Finish().error_code() == ::grpc::StatusCode::UNAVAILABLE);
  stopping.join();
}

TEST_CASE("grpc health: a watch of a service that is not there yet") {
  KratosServer server;
  server.Start();
  ::grpc::ClientContext ctx;
  health::HealthCheckRequest request;
  request.set_service("comes.Later");
  auto watch = health::Health::NewStub(server.Channel())->Watch(&ctx, request);
  health::HealthCheckResponse reply;
  REQUIRE(watch->Read(&reply));
  CHECK(reply.status() == health::HealthCheckResponse::SERVICE_UNKNOWN);
  server->SetServing("comes.Later", true);
  REQUIRE(watch->Read(&reply));
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  ctx.TryCancel();
  CHECK_FALSE(watch->Finish().ok());
}

TEST_CASE("grpc health: a registry is asked too, by probes and for those who watch") {
  std::atomic<bool> database = false;
  const auto registry = std::make_shared<kratos::health::Registry>(
      kratos::health::RegistryOptions{.max_age = std::chrono::milliseconds(0)});
  registry->Add("database", [&](kratos::Context&) -> kratos::Status {
    if (database) return {};
    return kratos::ServiceUnavailable("NO_DATABASE", "cannot connect");
  });
  auto options = LocalGrpcOptions();
  options.health_registry = registry;
  KratosServer server(options);
  server.Start();
  health::HealthCheckResponse reply;
  for (const char* service : {"", "e2e.talker.Talker"}) {
    CHECK(Check(server, service, &reply).ok());
    CHECK(reply.status() == health::HealthCheckResponse::NOT_SERVING);
  }
  CHECK(Check(server, "no.such.Service", &reply).error_code() == ::grpc::StatusCode::NOT_FOUND);

  ::grpc::ClientContext ctx;
  ctx.set_deadline(FarAway());
  const auto stub = health::Health::NewStub(server.Channel());
  auto watch = stub->Watch(&ctx, health::HealthCheckRequest());
  const auto next = [&] {
    REQUIRE(watch->Read(&reply));
    return reply.status();
  };
  CHECK(next() == health::HealthCheckResponse::NOT_SERVING);
  database = true;  // Nobody is told: the watch has to ask.
  CHECK(next() == health::HealthCheckResponse::SERVING);
  CHECK(Check(server, "", &reply).ok());
  CHECK(reply.status() == health::HealthCheckResponse::SERVING);
  registry->SetServing(false);
  CHECK(next() == health::HealthCheckResponse::NOT_SERVING);
  registry->SetServing(true);
  CHECK(next() == health::HealthCheckResponse::SERVING);
  database = false;
  CHECK(next() == health::HealthCheckResponse::NOT_SERVING);
  ctx.TryCancel();
  CHECK_FALSE(watch->Finish().ok());
}

/// One reflection stream.
class Asker {
 public:
  explicit Asker(KratosServer& server)
      : stub_(reflection::ServerReflection::NewStub(server.Channel())),
        stream_(stub_->ServerReflectionInfo(&ctx_)) {}

  reflection::ServerReflectionResponse Ask(const reflection::ServerReflectionRequest& request) {
    reflection::ServerReflectionResponse response;
    REQUIRE(stream_->Write(request));
    REQUIRE(stream_->Read(&response));
    return response;
  }
  reflection::ServerReflectionResponse AskSymbol(const std::string& symbol) {
    reflection::ServerReflectionRequest request;
    request.set_file_containing_symbol(symbol);
    return Ask(request);
  }
  ::grpc::Status Finish() {
    stream_->WritesDone();
    return stream_->Finish();
  }

 private:
  ::grpc::ClientContext ctx_;
  std::unique_ptr<reflection::ServerReflection::Stub> stub_;
  std::unique_ptr<::grpc::ClientReaderWriter<reflection::ServerReflectionRequest,
                                             reflection::ServerReflectionResponse>>
      stream_;
};

TEST_CASE("grpc reflection: services, and descriptors that a tool can build a schema from") {
  KratosServer server;
  server.Start();
  Asker asker(server);
  reflection::ServerReflectionRequest request;
  request.set_list_services("*");
  const auto list = asker.Ask(request);
  std::set<std::string> names;
  for (const auto& service : list.list_services_response().service()) names.insert(service.name());
  CHECK(names == std::set<std::string>{"e2e.talker.Talker", "grpc.health.v1.Health",
                                       "grpc.reflection.v1.ServerReflection",
                                       "grpc.reflection.v1alpha.ServerReflection"});
  for (const std::string& name : names) {
    INFO(name);
    const auto files = asker.AskSymbol(name);
    REQUIRE(files.file_descriptor_response().file_descriptor_proto_size() > 0);
    google::protobuf::DescriptorPool pool;
    // Itself first, then what it imports: built from the back.
    const auto& bytes = files.file_descriptor_response().file_descriptor_proto();
    std::vector<google::protobuf::FileDescriptorProto> protos(
        static_cast<std::size_t>(bytes.size()));
    for (int i = 0; i < bytes.size(); ++i) {
      REQUIRE(protos[static_cast<std::size_t>(i)].ParseFromString(bytes[i]));
    }
    for (bool progress = true; progress;) {
      progress = false;
      for (const auto& proto : protos) {
        if (pool.FindFileByName(proto.name()) != nullptr) continue;
        bool ready = true;
        for (const auto& import : proto.dependency()) {
          ready = ready && pool.FindFileByName(import) != nullptr;
        }
        if (ready) progress = pool.BuildFile(proto) != nullptr || progress;
      }
    }
    const auto* service = pool.FindServiceByName(name);
    REQUIRE(service != nullptr);
    CHECK(service->method_count() > 0);
  }
  CHECK(asker.AskSymbol("no.such.Symbol").error_response().error_code() == 5);
  request.set_file_by_filename("google/api/http.proto");
  CHECK(asker.Ask(request).file_descriptor_response().file_descriptor_proto_size() > 0);
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  const auto numbers = asker.Ask(request).all_extension_numbers_response().extension_number();
  CHECK(std::find(numbers.begin(), numbers.end(), 72295728) != numbers.end());
  CHECK(asker.Ask(reflection::ServerReflectionRequest()).error_response().error_code() == 3);
  CHECK(asker.Finish().ok());
}

TEST_CASE("grpc: health and reflection can be left out, and middleware never meets them") {
  auto options = LocalGrpcOptions();
  options.health = false;
  options.reflection = false;
  KratosServer without(options);
  without.Start();
  health::HealthCheckResponse reply;
  CHECK(Check(without, "", &reply).error_code() == ::grpc::StatusCode::UNIMPLEMENTED);
  options = LocalGrpcOptions();
  options.middleware = {[](kratos::Handler) -> kratos::Handler {
    return [](kratos::Context&, const auto&, auto*) -> kratos::Status {
      return kratos::Unauthorized("NO_TOKEN", "who are you?");
    };
  }};
  KratosServer strict(options);
  strict.Start();
  CHECK(Check(strict, "", &reply).ok());
}

#ifdef KRATOS_E2E_HAVE_CHANNELZ
// A message of gRPC's library, whose headers are not installed.
std::unique_ptr<google::protobuf::Message> ChannelzMessage(const char* name) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      std::string("grpc.channelz.v1.") + name);
  REQUIRE(type != nullptr);
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(type)->New());
}

TEST_CASE("grpc: channelz, which is gRPC's own, is part of the server") {
  ::grpc::channelz::experimental::InitChannelzService();
  KratosServer server;
  server.Start();
  kratos::grpc::ClientOptions options;
  options.endpoint = server.address();
  options.timeout = std::chrono::minutes(2);
  const auto client = kratos::grpc::Client::Create(std::move(options));
  REQUIRE(client.ok());
  kratos::Context ctx;
  Line line;
  REQUIRE(TalkerGrpcClient(*client).Say(ctx, MakeLine("x"), &line).ok());
  const auto request = ChannelzMessage("GetServersRequest");
  const auto reply = ChannelzMessage("GetServersResponse");
  const kratos::Status status = (*client)->Invoke(
      ctx, {.operation = "/grpc.channelz.v1.Channelz/GetServers"}, *request, reply.get(), {});
  INFO(status.message());
  REQUIRE(status.ok());
  const std::string text = reply->DebugString();
  INFO(text);
  CHECK(text.find("listen_socket") != std::string::npos);
  CHECK(text.find("calls_succeeded: 1") != std::string::npos);
}
#endif

}  // namespace
}  // namespace e2e::talker
