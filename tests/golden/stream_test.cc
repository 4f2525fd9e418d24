// What generated clients ask of kratos::http::Client for streaming rpcs, and what a service that
// overrides nothing answers.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "streaming/in.http.pb.h"
#include "support/catch.h"

namespace {

namespace streaming = golden::streaming;
using kratos::http::StreamKind;

// Counts what is sent, and answers each with a message of that name.
class FakeCall final : public kratos::internal::ClientCall {
 public:
  kratos::Status Send(const google::protobuf::Message&) override {
    ++sent_;
    return {};
  }
  kratos::Status CloseSend() override { return {}; }
  kratos::Result<bool> Recv(google::protobuf::Message* message) override {
    const auto* field = message->GetDescriptor()->FindFieldByName("name");
    if (received_ == 1 || field == nullptr) return false;
    ++received_;
    message->GetReflection()->SetString(message, field, std::to_string(sent_) + " sent");
    return true;
  }
  void Cancel() override {}
  const kratos::Metadata& reply_header() const override { return header_; }

 private:
  int sent_ = 0;
  int received_ = 0;
  kratos::Metadata header_;
};

// Remembers the last call it was asked to open.
class FakeClient final : public kratos::http::Client {
 public:
  kratos::Status Invoke(kratos::Context&, const kratos::http::ClientMethod&,
                        const google::protobuf::Message&, google::protobuf::Message*,
                        const kratos::http::CallOptions&) override {
    return kratos::InternalServer("UNEXPECTED", "no unary call is made here");
  }
  kratos::Result<std::unique_ptr<kratos::internal::ClientCall>> Open(
      kratos::Context&, const kratos::http::ClientMethod& method,
      const google::protobuf::Message* request, const kratos::http::CallOptions& options) override {
    operation = method.operation;
    bindings = method.bindings;
    has_request = request != nullptr;
    binding = options.binding;
    if (refuse) return kratos::Status(kratos::Unauthorized("NO", "not you"));
    return std::unique_ptr<kratos::internal::ClientCall>(std::make_unique<FakeCall>());
  }
  kratos::Result<kratos::http::Response> Do(kratos::Context&,
                                            const kratos::http::Request&) override {
    return kratos::Status(kratos::InternalServer("UNEXPECTED", "no raw call is made here"));
  }

  std::string operation;
  std::vector<kratos::http::Binding> bindings;
  bool has_request = false;
  std::size_t binding = 0;
  bool refuse = false;
};

TEST_CASE("golden streaming: a client opens the three kinds of stream") {
  const auto fake = std::make_shared<FakeClient>();
  const streaming::ServerHttpClient server(fake);
  const streaming::ClientHttpClient client(fake);
  const streaming::BidiHttpClient bidi(fake);
  kratos::Context ctx;
  kratos::http::CallOptions options;
  options.binding = 1;
  streaming::Name name;
  streaming::Chunk chunk;

  auto reader = server.Watch(ctx, name, options);
  REQUIRE(reader.ok());
  CHECK(fake->operation == streaming::kOperationServerWatch);
  CHECK(fake->has_request);
  CHECK(fake->binding == 1);
  REQUIRE(fake->bindings.size() == 2);
  CHECK(fake->bindings[0].stream == StreamKind::kServer);
  CHECK(fake->bindings[1].method == "POST");
  CHECK(*reader->Recv(&chunk));
  CHECK(chunk.name() == "0 sent");
  CHECK_FALSE(*reader->Recv(&chunk));

  auto writer = client.Upload(ctx);
  REQUIRE(writer.ok());
  CHECK(fake->operation == streaming::kOperationClientUpload);
  CHECK_FALSE(fake->has_request);
  CHECK(fake->binding == 0);
  CHECK(fake->bindings[0].stream == StreamKind::kClient);
  CHECK(writer->Send(chunk).ok());
  CHECK(writer->Send(chunk).ok());
  REQUIRE(writer->CloseAndRecv(&name).ok());
  CHECK(name.name() == "2 sent");

  auto stream = bidi.Chat(ctx);
  REQUIRE(stream.ok());
  CHECK(fake->operation == streaming::kOperationBidiChat);
  CHECK_FALSE(fake->has_request);
  CHECK(fake->bindings[1].body == "owner");
  CHECK(fake->bindings[1].stream == StreamKind::kBidi);
  CHECK(stream->Send(chunk).ok());
  CHECK(*stream->Recv(&chunk));
  CHECK(chunk.name() == "1 sent");
  CHECK(stream->CloseSend().ok());
}

TEST_CASE("golden streaming: a call that cannot be opened is the error itself") {
  const auto fake = std::make_shared<FakeClient>();
  fake->refuse = true;
  kratos::Context ctx;
  CHECK(streaming::ServerHttpClient(fake).Watch(ctx, {}).status().reason() == "NO");
  CHECK(streaming::ClientHttpClient(fake).Upload(ctx).status().reason() == "NO");
  CHECK(streaming::BidiHttpClient(fake).Chat(ctx).status().reason() == "NO");
}

TEST_CASE("golden streaming: HttpBody uploads are told from messages by the rule") {
  const auto fake = std::make_shared<FakeClient>();
  const streaming::ClientHttpClient client(fake);
  kratos::Context ctx;
  REQUIRE(client.UploadFile(ctx).ok());
  REQUIRE(fake->bindings.size() == 3);
  for (const auto& binding : fake->bindings) CHECK(binding.stream == StreamKind::kUpload);
  REQUIRE(client.UploadField(ctx).ok());
  REQUIRE(fake->bindings.size() == 3);
  CHECK(fake->bindings[0].stream == StreamKind::kUpload);
  CHECK(fake->bindings[0].response_body == "file");
  CHECK(fake->bindings[1].stream == StreamKind::kClient);
  CHECK(fake->bindings[2].stream == StreamKind::kClient);
}

class NoReader final : public kratos::internal::MessageReader {
  kratos::Result<bool> Recv(google::protobuf::Message*) override { return false; }
};
class NoWriter final : public kratos::internal::MessageWriter {
  kratos::Status Send(const google::protobuf::Message&) override { return {}; }
};

TEST_CASE("golden streaming: what is not overridden is unimplemented, with or without a rule") {
  NoReader reader;
  NoWriter writer;
  kratos::ServerReader<streaming::Chunk> in(reader);
  kratos::ServerStream<streaming::Chunk> out(writer);
  streaming::Name name;
  kratos::Context ctx;
  for (const kratos::Status& status :
       {streaming::ServerServer().Watch(ctx, name, out),
        streaming::ServerServer().NoRule(ctx, name, out),
        streaming::ClientServer().Upload(ctx, in, &name),
        streaming::ClientServer().NoRule(ctx, in, &name),
        streaming::BidiServer().Chat(ctx, in, out), streaming::BidiServer().NoRule(ctx, in, out),
        streaming::OnlyStreamsServer().Chat(ctx, in, out)}) {
    CHECK(status.reason() == "UNIMPLEMENTED");
  }
}

TEST_CASE("golden streaming: every binding finds its place in a server") {
  kratos::http::Server server({.address = "127.0.0.1:0"});
  streaming::RegisterUnaryHttpServer(server, std::make_shared<streaming::UnaryServer>());
  streaming::RegisterServerHttpServer(server, std::make_shared<streaming::ServerServer>());
  streaming::RegisterClientHttpServer(server, std::make_shared<streaming::ClientServer>());
  streaming::RegisterBidiHttpServer(server, std::make_shared<streaming::BidiServer>());
  streaming::RegisterLongNamesHttpServer(server, std::make_shared<streaming::LongNamesServer>());
  CHECK(server.Listen().ok());
}

}  // namespace
