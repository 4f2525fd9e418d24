#include "services.h"

#include <google/protobuf/text_format.h>

#include "kratos/json/json.h"
#include "support/catch.h"

namespace e2e {

namespace {
kratos::Status Copy(const Msg& request, Msg* reply) {
  *reply = request;
  return {};
}
kratos::Status Name(const char* name, const Msg& request, Msg* reply) {
  *reply = request;
  reply->set_maybe(name);
  return {};
}
}  // namespace

kratos::Status EchoService::Path(kratos::Context&, const Msg& request, Msg* reply) {
  return Copy(request, reply);
}
kratos::Status EchoService::Query(kratos::Context&, const Msg& request, Msg* reply) {
  return Copy(request, reply);
}
kratos::Status EchoService::Mixed(kratos::Context&, const Msg& request, Msg* reply) {
  return Copy(request, reply);
}
kratos::Status EchoService::Body(kratos::Context&, const Msg& request, Msg* reply) {
  return Copy(request, reply);
}
kratos::Status EchoService::Reply(kratos::Context&, const Msg& request, Msg* reply) {
  return Copy(request, reply);
}
kratos::Status EchoService::Literal(kratos::Context&, const Msg& request, Msg* reply) {
  return Name("literal", request, reply);
}
kratos::Status EchoService::Variable(kratos::Context&, const Msg& request, Msg* reply) {
  return Name("variable", request, reply);
}
kratos::Status EchoService::Rest(kratos::Context&, const Msg& request, Msg* reply) {
  return Name("rest", request, reply);
}
kratos::Status EchoService::Purge(kratos::Context&, const Msg& request, Msg* reply) {
  return Name("purge", request, reply);
}
kratos::Status EchoService::Bare(kratos::Context&, const Msg& request, Msg* reply) {
  return Name("bare", request, reply);
}
kratos::Status EchoService::Hook(kratos::Context& ctx, const Msg& request, Msg* reply) {
  return hook ? hook(ctx, request, reply) : Copy(request, reply);
}

kratos::Status FilesService::Upload(kratos::Context&, const UploadRequest& request,
                                    UploadInfo* reply) {
  reply->set_name(request.name());
  reply->set_content_type(request.file().content_type());
  reply->set_size(static_cast<std::int64_t>(request.file().data().size()));
  reply->set_note(request.note());
  reply->set_hash(Fnv1a(request.file().data()));
  return {};
}

kratos::Status FilesService::Raw(kratos::Context&, const google::api::HttpBody& request,
                                 google::api::HttpBody* reply) {
  *reply = request;
  return {};
}

kratos::Status FilesService::Download(kratos::Context&, const DownloadRequest& request,
                                      google::api::HttpBody* reply) {
  reply->set_content_type(request.type());
  reply->set_data(Pattern(static_cast<std::size_t>(request.size())));
  return {};
}

kratos::Status FilesService::Attachment(kratos::Context&, const DownloadRequest& request,
                                        AttachmentReply* reply) {
  reply->set_name(request.name());
  if (request.name() == "none") return {};
  reply->mutable_file()->set_content_type(request.type());
  reply->mutable_file()->set_data(Pattern(static_cast<std::size_t>(request.size())));
  return {};
}

kratos::Status BooksService::UpdateBook(kratos::Context&, const UpdateBookRequest& request,
                                        UpdateBookRequest* reply) {
  *reply = request;
  return {};
}

void RegisterAll(kratos::http::Server& server, HookFunction hook) {
  auto echo = std::make_shared<EchoService>();
  echo->hook = std::move(hook);
  RegisterEchoHttpServer(server, echo);
  RegisterFilesHttpServer(server, std::make_shared<FilesService>());
  RegisterBooksHttpServer(server, std::make_shared<BooksService>());
}

namespace {
template <class M>
M Parse(const Reply& reply) {
  M message;
  CAPTURE(reply.status, reply.body, reply.error);
  CHECK(reply.headers.Get("Content-Type") == "application/json");
  if (const auto error = kratos::json::Decode(reply.body, {}, &message)) FAIL(error->Describe());
  return message;
}
}  // namespace

Msg AsMsg(const Reply& reply) {
  CAPTURE(reply.body);
  CHECK(reply.status == 200);
  return Parse<Msg>(reply);
}

std::string Fields(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  CHECK(printer.PrintToString(message, &text));
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string Fields(const Reply& reply) {
  Msg message = AsMsg(reply);
  // An unset Value is written as null, as Go does, and null reads back as a set one.
  if (message.value().has_null_value()) message.clear_value();
  return Fields(message);
}

ErrorReply AsError(const Reply& reply) {
  // The wire form of errors.Status, read through a message that has the same first fields.
  ErrorReply error;
  google::protobuf::Struct body;
  CAPTURE(reply.status, reply.body, reply.error);
  CHECK(reply.headers.Get("Content-Type") == "application/json");
  if (const auto failed = kratos::json::Decode(reply.body, {}, &body)) {
    FAIL_CHECK(failed->Describe());
    return error;
  }
  const auto& fields = body.fields();
  for (const char* name : {"code", "reason", "message", "metadata"}) {
    CAPTURE(name);
    CHECK(fields.contains(name));
  }
  if (fields.contains("code")) error.code = static_cast<int>(fields.at("code").number_value());
  if (fields.contains("reason")) error.reason = fields.at("reason").string_value();
  if (fields.contains("message")) error.message = fields.at("message").string_value();
  return error;
}

}  // namespace e2e
