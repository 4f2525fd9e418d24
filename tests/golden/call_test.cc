// The goldens are not only compiled: a server and its clients call them over a socket.
#include <memory>
#include <string>
#include <thread>

#include "http_body/in.http.pb.h"
#include "keywords/in.http.pb.h"
#include "kratos/context/context.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "support/catch.h"

namespace {

namespace files = golden::http_body;
namespace keywords = golden::keywords;

// Remembers what arrived, answers what it was given.
class Files final : public files::FilesServer {
 public:
  kratos::Status Upload(kratos::Context&, const google::api::HttpBody& request,
                        google::protobuf::Empty*) override {
    uploaded = request;
    return {};
  }
  kratos::Status Put(kratos::Context&, const files::File& request,
                     google::protobuf::Empty*) override {
    put = request;
    return {};
  }
  kratos::Status Download(kratos::Context&, const files::Name& request,
                          google::api::HttpBody* reply) override {
    reply->set_content_type("image/png");
    reply->set_data("bytes of " + request.name());
    return {};
  }
  kratos::Status Content(kratos::Context&, const files::Name& request,
                         files::File* reply) override {
    reply->set_name(request.name());
    reply->mutable_content()->set_data(std::string("content\0\xff", 9));
    reply->mutable_raw()->set_content_type("a/b");
    reply->mutable_raw()->set_data("raw");
    reply->add_parts()->set_data("part");
    return {};
  }
  kratos::Status Convert(kratos::Context&, const google::api::HttpBody& request,
                         google::api::HttpBody* reply) override {
    *reply = request;
    return {};
  }

  google::api::HttpBody uploaded;
  files::File put;
};

class Class final : public keywords::classServer {
 public:
  kratos::Status delete__(kratos::Context&, const keywords::delete_& request,
                          keywords::delete_* reply) override {
    reply->mutable_private_()->set_content_type(request.operator_() + "/" +
                                                request.template_().this_());
    reply->mutable_private_()->set_data(request.private_().data());
    return {};
  }
  kratos::Status delete_(kratos::Context&, const keywords::request& request,
                         keywords::ctx* reply) override {
    reply->set_name("deleted " + request.name());
    return {};
  }
  kratos::Status ctx(kratos::Context&, const keywords::ctx& request,
                     keywords::ctx* reply) override {
    *reply = request;
    return {};
  }
};

// A server with both golden services, and a client for it.
class Fixture {
 public:
  Fixture() : server_({.address = "127.0.0.1:0"}) {
    files::RegisterFilesHttpServer(server_, files_service);
    keywords::RegisterclassHttpServer(server_, std::make_shared<Class>());
    REQUIRE(server_.Listen().ok());
    thread_ = std::thread([this] { (void)server_.Start(); });
    auto made =
        kratos::http::Client::Create({.endpoint = "127.0.0.1:" + std::to_string(server_.port())});
    client = made.value();
  }
  ~Fixture() {
    client.reset();
    (void)server_.Stop(std::chrono::seconds(10));
    thread_.join();
  }

  std::shared_ptr<Files> files_service = std::make_shared<Files>();
  std::shared_ptr<kratos::http::Client> client;
  kratos::Context ctx;

 private:
  kratos::http::Server server_;
  std::thread thread_;
};

TEST_CASE("golden http_body: the whole request and the whole reply are raw bytes") {
  Fixture f;
  const files::FilesHttpClient client(f.client);
  google::api::HttpBody body;
  body.set_content_type("application/x-thing");
  body.set_data(std::string("\0\x01\xff{", 4));
  google::protobuf::Empty empty;
  REQUIRE(client.Upload(f.ctx, body, &empty).ok());
  CHECK(f.files_service->uploaded.content_type() == "application/x-thing");
  CHECK(f.files_service->uploaded.data() == body.data());

  google::api::HttpBody back;
  REQUIRE(client.Convert(f.ctx, body, &back).ok());
  CHECK(back.content_type() == body.content_type());
  CHECK(back.data() == body.data());

  files::Name name;
  name.set_name("a b");
  REQUIRE(client.Download(f.ctx, name, &back).ok());
  CHECK(back.content_type() == "image/png");
  CHECK(back.data() == "bytes of a b");
}

TEST_CASE("golden http_body: additional bindings put the bytes elsewhere, or use JSON") {
  Fixture f;
  const files::FilesHttpClient client(f.client);
  files::File file;
  file.set_name("n");
  file.mutable_content()->set_content_type("text/x");
  file.mutable_content()->set_data("content");
  file.mutable_raw()->set_data("raw");
  google::protobuf::Empty empty;
  for (std::size_t binding : {0u, 1u, 2u}) {
    INFO("binding " << binding);
    f.files_service->put.Clear();
    kratos::http::CallOptions options;
    options.binding = binding;
    const kratos::Status status = client.Put(f.ctx, file, &empty, options);
    INFO(status.message());
    REQUIRE(status.ok());
    CHECK(f.files_service->put.name() == "n");
    if (binding < 2) {
      CHECK(f.files_service->put.content().data() == "content");
      CHECK(f.files_service->put.content().content_type() == "text/x");
    }
    if (binding > 0) CHECK(f.files_service->put.raw().data() == "raw");
  }

  files::Name name;
  name.set_name("n");
  for (std::size_t binding : {0u, 1u, 2u, 3u}) {
    INFO("binding " << binding);
    kratos::http::CallOptions options;
    kratos::http::ReplyInfo info;
    options.binding = binding;
    options.reply_info = &info;
    files::File reply;
    REQUIRE(client.Content(f.ctx, name, &reply, options).ok());
    const std::string type(info.headers.Get("Content-Type"));
    if (binding == 0) {
      CHECK(type == "application/octet-stream");
      CHECK(reply.content().data() == std::string("content\0\xff", 9));
    } else if (binding == 1) {
      CHECK(type == "a/b");
      CHECK(reply.raw().data() == "raw");
    } else {
      CHECK(type == "application/protojson");  // A list of HttpBody, and the whole File, are JSON.
      REQUIRE(reply.parts_size() == 1);
      CHECK(reply.parts(0).data() == "part");
    }
  }
}

TEST_CASE("golden keywords: names that C++ reserves are called like any other") {
  Fixture f;
  const keywords::classHttpClient client(f.client);
  keywords::delete_ request;
  request.set_operator_("text");
  request.mutable_template_()->set_this_("plain");
  request.mutable_private_()->set_data("bytes");
  keywords::delete_ reply;
  REQUIRE(client.delete__(f.ctx, request, &reply).ok());
  CHECK(reply.private_().content_type() == "text/plain");
  CHECK(reply.private_().data() == "bytes");

  keywords::request named;
  named.set_name("x");
  keywords::ctx answer;
  REQUIRE(client.delete_(f.ctx, named, &answer).ok());
  CHECK(answer.name() == "deleted x");
  REQUIRE(client.ctx(f.ctx, answer, &answer).ok());
  CHECK(answer.name() == "deleted x");
  CHECK(client.reply(f.ctx, answer, &named).reason() == "UNIMPLEMENTED");
}

}  // namespace
