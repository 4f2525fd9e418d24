// interop.Interop in C++: answers what it decoded, as go/server/service.go does.
#pragma once

#include <memory>
#include <utility>

#include "greeter.http.pb.h"
#include "interop.http.pb.h"
#include "travel.h"

namespace interop {

class InteropService final : public InteropServer {
 public:
  kratos::Status GetSimple(kratos::Context& ctx, const SimpleRequest& request,
                           EchoReply* reply) override;
  kratos::Status GetShelfBook(kratos::Context& ctx, const SimpleRequest& request,
                              EchoReply* reply) override;
  kratos::Status GetTree(kratos::Context& ctx, const SimpleRequest& request,
                         EchoReply* reply) override;
  kratos::Status GetUser(kratos::Context& ctx, const UserRequest& request,
                         EchoReply* reply) override;
  kratos::Status GetNested(kratos::Context& ctx, const BookRequest& request,
                           EchoReply* reply) override;
  kratos::Status Query(kratos::Context& ctx, const AllTypes& request, EchoReply* reply) override;
  kratos::Status Create(kratos::Context& ctx, const AllTypes& request, EchoReply* reply) override;
  kratos::Status CreateBook(kratos::Context& ctx, const BookRequest& request,
                            EchoReply* reply) override;
  kratos::Status ReplaceBook(kratos::Context& ctx, const BookRequest& request,
                             EchoReply* reply) override;
  kratos::Status PutAll(kratos::Context& ctx, const BookRequest& request,
                        EchoReply* reply) override;
  kratos::Status PatchBook(kratos::Context& ctx, const BookRequest& request,
                           EchoReply* reply) override;
  kratos::Status DeleteBook(kratos::Context& ctx, const SimpleRequest& request,
                            google::protobuf::Empty* reply) override;
  kratos::Status Cancel(kratos::Context& ctx, const SimpleRequest& request,
                        EchoReply* reply) override;
  kratos::Status Many(kratos::Context& ctx, const SimpleRequest& request,
                      EchoReply* reply) override;
  kratos::Status Choose(kratos::Context& ctx, const ChoiceRequest& request,
                        EchoReply* reply) override;
  kratos::Status PostChoice(kratos::Context& ctx, const ChoiceRequest& request,
                            EchoReply* reply) override;
  kratos::Status TakeBook(kratos::Context& ctx, const SimpleRequest& request,
                          Shelf* reply) override;
  kratos::Status TakeTitles(kratos::Context& ctx, const SimpleRequest& request,
                            Shelf* reply) override;
  kratos::Status Upload(kratos::Context& ctx, const google::api::HttpBody& request,
                        EchoReply* reply) override;
  kratos::Status UploadField(kratos::Context& ctx, const UploadRequest& request,
                             EchoReply* reply) override;
  kratos::Status Download(kratos::Context& ctx, const DownloadRequest& request,
                          google::api::HttpBody* reply) override;
  kratos::Status DownloadField(kratos::Context& ctx, const DownloadRequest& request,
                               DownloadReply* reply) override;
  kratos::Status Mirror(kratos::Context& ctx, const google::api::HttpBody& request,
                        google::api::HttpBody* reply) override;
  kratos::Status Fail(kratos::Context& ctx, const FailRequest& request,
                      google::protobuf::Empty* reply) override;
  kratos::Status Wait(kratos::Context& ctx, const SimpleRequest& request,
                      google::protobuf::Empty* reply) override;
  kratos::Status Plain(kratos::Context& ctx, const SimpleRequest& request,
                       EchoReply* reply) override;
};

/// Answers as Greeter of go/bindings/greeter.go does.
class GreeterService final : public helloworld::GreeterServer {
 public:
  explicit GreeterService(std::shared_ptr<const Traveller> traveller)
      : traveller_(std::move(traveller)) {}
  kratos::Status SayHello(kratos::Context& ctx, const helloworld::HelloRequest& request,
                          helloworld::HelloReply* reply) override;

 private:
  std::shared_ptr<const Traveller> traveller_;
};

}  // namespace interop
