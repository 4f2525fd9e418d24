#include "service.h"

#include <google/protobuf/util/json_util.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"

namespace interop {

namespace {

// Protobuf's own JSON, so that the echo does not depend on the code under test.
kratos::Status Echo(const kratos::Context& ctx, const google::protobuf::Message& request,
                    EchoReply* reply) {
  reply->set_operation(ctx.transport().operation);
  const auto status =
      google::protobuf::util::MessageToJsonString(request, reply->mutable_request());
  if (!status.ok()) return kratos::InternalServer("ECHO", status.ToString());
  return {};
}

void FillShelf(const SimpleRequest& request, Shelf* shelf) {
  Book* book = shelf->mutable_book();
  book->set_id(request.name());
  book->set_title(request.note());
  book->set_page_count(12);
  book->add_tags("a");
  book->add_tags("b");
  shelf->add_titles(request.name());
  shelf->add_titles(request.note());
}

void FillBody(const DownloadRequest& request, google::api::HttpBody* body) {
  body->set_content_type(request.content_type());
  body->set_data(request.data());
}

}  // namespace

kratos::Status InteropService::GetSimple(kratos::Context& ctx, const SimpleRequest& request,
                                         EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::GetShelfBook(kratos::Context& ctx, const SimpleRequest& request,
                                            EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::GetTree(kratos::Context& ctx, const SimpleRequest& request,
                                       EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::GetUser(kratos::Context& ctx, const UserRequest& request,
                                       EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::GetNested(kratos::Context& ctx, const BookRequest& request,
                                         EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Query(kratos::Context& ctx, const AllTypes& request,
                                     EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Create(kratos::Context& ctx, const AllTypes& request,
                                      EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::CreateBook(kratos::Context& ctx, const BookRequest& request,
                                          EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::ReplaceBook(kratos::Context& ctx, const BookRequest& request,
                                           EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::PutAll(kratos::Context& ctx, const BookRequest& request,
                                      EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::PatchBook(kratos::Context& ctx, const BookRequest& request,
                                         EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Cancel(kratos::Context& ctx, const SimpleRequest& request,
                                      EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Many(kratos::Context& ctx, const SimpleRequest& request,
                                    EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Choose(kratos::Context& ctx, const ChoiceRequest& request,
                                      EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::PostChoice(kratos::Context& ctx, const ChoiceRequest& request,
                                          EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Upload(kratos::Context& ctx, const google::api::HttpBody& request,
                                      EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::UploadField(kratos::Context& ctx, const UploadRequest& request,
                                           EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::Plain(kratos::Context& ctx, const SimpleRequest& request,
                                     EchoReply* reply) {
  return Echo(ctx, request, reply);
}

kratos::Status InteropService::DeleteBook(kratos::Context&, const SimpleRequest&,
                                          google::protobuf::Empty*) {
  return {};
}

kratos::Status InteropService::TakeBook(kratos::Context&, const SimpleRequest& request,
                                        Shelf* reply) {
  FillShelf(request, reply);
  return {};
}

kratos::Status InteropService::TakeTitles(kratos::Context&, const SimpleRequest& request,
                                          Shelf* reply) {
  FillShelf(request, reply);
  return {};
}

kratos::Status InteropService::Download(kratos::Context&, const DownloadRequest& request,
                                        google::api::HttpBody* reply) {
  FillBody(request, reply);
  return {};
}

kratos::Status InteropService::DownloadField(kratos::Context&, const DownloadRequest& request,
                                             DownloadReply* reply) {
  reply->set_name(request.name());
  FillBody(request, reply->mutable_content());
  return {};
}

kratos::Status InteropService::Mirror(kratos::Context&, const google::api::HttpBody& request,
                                      google::api::HttpBody* reply) {
  *reply = request;
  return {};
}

kratos::Status InteropService::Fail(kratos::Context&, const FailRequest& request,
                                    google::protobuf::Empty*) {
  std::map<std::string, std::string> metadata(request.metadata().begin(), request.metadata().end());
  return kratos::Error(request.code(), request.reason(), request.message())
      .WithMetadata(std::move(metadata));
}

kratos::Status InteropService::Wait(kratos::Context& ctx, const SimpleRequest&,
                                    google::protobuf::Empty*) {
  std::mutex mutex;
  std::condition_variable_any ended;
  std::unique_lock lock(mutex);
  const auto never = [] { return false; };
  if (const auto deadline = ctx.deadline()) {
    ended.wait_until(lock, ctx.stop_token(), *deadline, never);
  } else {
    ended.wait(lock, ctx.stop_token(), never);
  }
  return ctx.Err();
}

kratos::Status GreeterService::SayHello(kratos::Context& ctx,
                                        const helloworld::HelloRequest& request,
                                        helloworld::HelloReply* reply) {
  kratos::Status status;
  if (traveller_->Answer(ctx, request.name(), reply->mutable_message(), &status)) return status;
  if (request.name() == "nobody") {
    return kratos::NotFound("NOBODY", "nobody is here").WithMetadata("name", request.name());
  }
  reply->set_message("hello " + request.name());
  return {};
}

}  // namespace interop
