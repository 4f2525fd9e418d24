#include "stream_calls.h"

#include <map>
#include <utility>

#include "kratos/errors/errors.h"
#include "streams.http.pb.h"

namespace interop {

namespace {

using google::protobuf::Message;
using kratos::Context;
using kratos::Result;
using kratos::Status;
using HttpClient = std::shared_ptr<kratos::http::Client>;
using Opened = Result<std::unique_ptr<Stream>>;

template <class T>
const T& As(const Message& message) {
  return dynamic_cast<const T&>(message);
}

template <class T>
T* As(Message* message) {
  return dynamic_cast<T*>(message);
}

template <class Reply>
class Down final : public Stream {
 public:
  explicit Down(kratos::ClientReader<Reply> call) : call_(std::move(call)) {}
  Status Send(const Message&) override { return kratos::InternalServer("CASE", "not sent"); }
  Status CloseSend() override { return {}; }
  Result<bool> Recv(Message* message) override { return call_.Recv(As<Reply>(message)); }
  void Cancel() override { call_.Cancel(); }

 private:
  kratos::ClientReader<Reply> call_;
};

template <class Request, class Reply>
class Up final : public Stream {
 public:
  explicit Up(kratos::ClientWriter<Request, Reply> call) : call_(std::move(call)) {}
  Status Send(const Message& message) override { return call_.Send(As<Request>(message)); }
  Status CloseSend() override { return {}; }
  Result<bool> Recv(Message* message) override {
    if (std::exchange(replied_, true)) return false;
    if (Status status = call_.CloseAndRecv(As<Reply>(message)); !status.ok()) return status;
    return true;
  }
  void Cancel() override { call_.Cancel(); }

 private:
  kratos::ClientWriter<Request, Reply> call_;
  bool replied_ = false;
};

template <class Request, class Reply>
class Both final : public Stream {
 public:
  explicit Both(kratos::ClientStream<Request, Reply> call) : call_(std::move(call)) {}
  Status Send(const Message& message) override { return call_.Send(As<Request>(message)); }
  Status CloseSend() override { return call_.CloseSend(); }
  Result<bool> Recv(Message* message) override { return call_.Recv(As<Reply>(message)); }
  void Cancel() override { call_.Cancel(); }

 private:
  kratos::ClientStream<Request, Reply> call_;
};

template <class Implementation, class Call>
Opened Wrap(Result<Call> call) {
  if (!call.ok()) return call.status();
  return std::unique_ptr<Stream>(std::make_unique<Implementation>(std::move(*call)));
}

template <class Reply>
using DownCall =
    Result<kratos::ClientReader<Reply>> (StreamsHttpClient::*)(Context&, const WatchRequest&) const;
template <class Request>
using UpCall =
    Result<kratos::ClientWriter<Request, Collection>> (StreamsHttpClient::*)(Context&) const;
template <class Message_>
using BothCall =
    Result<kratos::ClientStream<Message_, Message_>> (StreamsHttpClient::*)(Context&) const;

template <class Reply, DownCall<Reply> method>
StreamMethod DownMethod() {
  return {false, true, &Reply::default_instance(),
          [](HttpClient client, Context& ctx, const Message* request) -> Opened {
            return Wrap<Down<Reply>>(
                (StreamsHttpClient(std::move(client)).*method)(ctx, As<WatchRequest>(*request)));
          }};
}

template <class Request, UpCall<Request> method>
StreamMethod UpMethod() {
  return {
      true, false, &Collection::default_instance(),
      [](HttpClient client, Context& ctx, const Message*) -> Opened {
        return Wrap<Up<Request, Collection>>((StreamsHttpClient(std::move(client)).*method)(ctx));
      }};
}

template <class Message_, BothCall<Message_> method>
StreamMethod BothMethod() {
  return {
      true, true, &Message_::default_instance(),
      [](HttpClient client, Context& ctx, const Message*) -> Opened {
        return Wrap<Both<Message_, Message_>>((StreamsHttpClient(std::move(client)).*method)(ctx));
      }};
}

}  // namespace

const StreamMethod* FindStream(const std::string& name) {
  using google::api::HttpBody;
  using C = StreamsHttpClient;
  static const auto* const methods = new std::map<std::string, StreamMethod>{
      {"Watch", DownMethod<Item, &C::Watch>()},
      {"WatchPosted", DownMethod<Item, &C::WatchPosted>()},
      {"Pour", DownMethod<HttpBody, &C::Pour>()},
      {"Collect", UpMethod<Item, &C::Collect>()},
      {"CollectInner", UpMethod<Item, &C::CollectInner>()},
      {"CollectBare", UpMethod<Item, &C::CollectBare>()},
      {"Store", UpMethod<HttpBody, &C::Store>()},
      {"StoreField", UpMethod<StoreRequest, &C::StoreField>()},
      {"Echo", BothMethod<Item, &C::Echo>()},
      {"Greet", BothMethod<Item, &C::Greet>()},
      {"EchoBytes", BothMethod<HttpBody, &C::EchoBytes>()},
  };
  const auto found = methods->find(name);
  return found == methods->end() ? nullptr : &found->second;
}

}  // namespace interop
