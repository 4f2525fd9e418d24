// Codecs: what the guide quotes. Exits 0 when the answers are the right ones.
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "kratos/codec/codec.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"

namespace {

// [codec]
// Reads nothing, writes one line: application/text.
class TextCodec final : public kratos::codec::Codec {
 public:
  std::string_view name() const override { return "text"; }
  kratos::Status Encode(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor*,
                        const kratos::codec::EncodeOptions&, std::string* out) const override {
    *out += message.GetTypeName() + '\n';
    return {};
  }
  kratos::Status Decode(std::string_view, const google::protobuf::FieldDescriptor*,
                        const kratos::codec::DecodeOptions&,
                        google::protobuf::Message*) const override {
    return kratos::BadRequest("CODEC", "text cannot be read");
  }
};
// [codec]

class Shop final : public bookshop::BookshopServer {
 public:
  kratos::Status GetBook(kratos::Context&, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    reply->set_name(request.name());
    return {};
  }
};

std::string Get(kratos::http::Client& client, const char* accept) {
  kratos::http::Request request;
  request.method = "GET";
  request.target = "/v1/shelves/a/books/b";
  request.headers.Set("Accept", accept);
  kratos::Context ctx;
  const auto reply = client.Do(ctx, request);
  return reply.ok() ? reply.value().body : reply.status().message();
}

}  // namespace

int main() {
  // [options]
  auto codecs = std::make_shared<kratos::codec::Registry>(kratos::codec::Registry::WithDefaults());
  codecs->Register(std::make_shared<TextCodec>());

  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.codecs = codecs;
  options.encode.emit_unpopulated = false;  // unset fields stay away
  kratos::http::Server server(options);
  // One operation in a style of its own.
  server.EncodeWith(bookshop::kOperationBookshopCreateBook, {.proto_names = true});
  // [options]
  bookshop::RegisterBookshopHttpServer(server, std::make_shared<Shop>());
  if (!server.Listen().ok()) return 1;
  std::thread serving([&server] { (void)server.Start(); });
  auto client =
      kratos::http::Client::Create({.endpoint = "127.0.0.1:" + std::to_string(server.port())});
  const std::string json = Get(*client.value(), "application/json");
  const std::string text = Get(*client.value(), "application/text, application/json;q=0.5");
  (void)server.Stop(std::chrono::seconds(10));
  serving.join();
  std::printf("%s\n%s", json.c_str(), text.c_str());
  return json == R"({"name":"shelves/a/books/b"})" && text == "bookshop.Book\n" ? 0 : 1;
}
