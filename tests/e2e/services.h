// The services behind the end-to-end tests, on generated code.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "e2e.http.pb.h"
#include "e2e.pb.h"
#include "harness.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "pattern.h"

namespace e2e {

using HookFunction = std::function<kratos::Status(kratos::Context&, const Msg&, Msg*)>;

class EchoService final : public EchoServer {
 public:
  kratos::Status Path(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Query(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Mixed(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Body(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Reply(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Literal(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Variable(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Rest(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Purge(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Bare(kratos::Context& ctx, const Msg& request, Msg* reply) override;
  kratos::Status Hook(kratos::Context& ctx, const Msg& request, Msg* reply) override;

  /// What Hook does; echo unless set. To be set before the server starts.
  HookFunction hook;
};

class FilesService final : public FilesServer {
 public:
  kratos::Status Upload(kratos::Context& ctx, const UploadRequest& request,
                        UploadInfo* reply) override;
  kratos::Status Raw(kratos::Context& ctx, const google::api::HttpBody& request,
                     google::api::HttpBody* reply) override;
  kratos::Status Download(kratos::Context& ctx, const DownloadRequest& request,
                          google::api::HttpBody* reply) override;
  kratos::Status Attachment(kratos::Context& ctx, const DownloadRequest& request,
                            AttachmentReply* reply) override;
};

class BooksService final : public BooksServer {
 public:
  kratos::Status UpdateBook(kratos::Context& ctx, const UpdateBookRequest& request,
                            UpdateBookRequest* reply) override;
};

/// Registers all three.
void RegisterAll(kratos::http::Server& server, HookFunction hook = nullptr);

/// A running server with all three services.
class EchoTestServer : public TestServer {
 public:
  explicit EchoTestServer(HookFunction hook = nullptr)
      : EchoTestServer(LocalOptions(), std::move(hook)) {}
  explicit EchoTestServer(kratos::http::ServerOptions options, HookFunction hook = nullptr,
                          const std::function<void(kratos::http::Server&)>& more = nullptr)
      : TestServer(std::move(options)) {
    RegisterAll(server(), std::move(hook));
    if (more) more(server());
    Start();
  }
};

/// What a JSON reply says, as the message it stands for. Fails the test when it is not one.
Msg AsMsg(const Reply& reply);
/// The fields that are set, in protobuf's text format: `text: "a" number: 3`.
std::string Fields(const Reply& reply);
std::string Fields(const google::protobuf::Message& message);

/// An error reply taken apart.
struct ErrorReply {
  int code = 0;
  std::string reason;
  std::string message;
};
ErrorReply AsError(const Reply& reply);

}  // namespace e2e
