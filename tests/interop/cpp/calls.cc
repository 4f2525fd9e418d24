#include "calls.h"

#include <utility>

#include "greeter.http.pb.h"
#include "interop.http.pb.h"

namespace interop {

namespace {

template <class Client, class Request, class Reply>
Call Caller(kratos::Status (Client::*method)(kratos::Context&, const Request&, Reply*,
                                             const kratos::http::CallOptions&) const) {
  return [method](std::shared_ptr<kratos::http::Client> client, kratos::Context& ctx,
                  const google::protobuf::Message& request,
                  const kratos::http::CallOptions& options) {
    Outcome outcome;
    const auto* typed = dynamic_cast<const Request*>(&request);
    if (typed == nullptr) {
      outcome.status = kratos::BadRequest("CASE", "the case's request is not of the rpc's type");
      return outcome;
    }
    auto reply = std::make_unique<Reply>();
    outcome.status = (Client(std::move(client)).*method)(ctx, *typed, reply.get(), options);
    outcome.reply = std::move(reply);
    return outcome;
  };
}

}  // namespace

const std::map<std::string, Call, std::less<>>& Calls() {
  static const auto* const calls = new std::map<std::string, Call, std::less<>>{
      {"GetSimple", Caller(&InteropHttpClient::GetSimple)},
      {"GetShelfBook", Caller(&InteropHttpClient::GetShelfBook)},
      {"GetTree", Caller(&InteropHttpClient::GetTree)},
      {"GetUser", Caller(&InteropHttpClient::GetUser)},
      {"GetNested", Caller(&InteropHttpClient::GetNested)},
      {"Query", Caller(&InteropHttpClient::Query)},
      {"Create", Caller(&InteropHttpClient::Create)},
      {"CreateBook", Caller(&InteropHttpClient::CreateBook)},
      {"ReplaceBook", Caller(&InteropHttpClient::ReplaceBook)},
      {"PutAll", Caller(&InteropHttpClient::PutAll)},
      {"PatchBook", Caller(&InteropHttpClient::PatchBook)},
      {"DeleteBook", Caller(&InteropHttpClient::DeleteBook)},
      {"Cancel", Caller(&InteropHttpClient::Cancel)},
      {"Many", Caller(&InteropHttpClient::Many)},
      {"Choose", Caller(&InteropHttpClient::Choose)},
      {"PostChoice", Caller(&InteropHttpClient::PostChoice)},
      {"TakeBook", Caller(&InteropHttpClient::TakeBook)},
      {"TakeTitles", Caller(&InteropHttpClient::TakeTitles)},
      {"Upload", Caller(&InteropHttpClient::Upload)},
      {"UploadField", Caller(&InteropHttpClient::UploadField)},
      {"Download", Caller(&InteropHttpClient::Download)},
      {"DownloadField", Caller(&InteropHttpClient::DownloadField)},
      {"Mirror", Caller(&InteropHttpClient::Mirror)},
      {"Fail", Caller(&InteropHttpClient::Fail)},
      {"Wait", Caller(&InteropHttpClient::Wait)},
      {"Plain", Caller(&InteropHttpClient::Plain)},
      {"SayHello", Caller(&helloworld::GreeterHttpClient::SayHello)},
  };
  return *calls;
}

}  // namespace interop
