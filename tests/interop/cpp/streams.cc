#include "streams.h"

#include <chrono>
#include <cstddef>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"

namespace interop {

namespace {

using google::api::HttpBody;
using kratos::Context;
using kratos::Result;
using kratos::ServerReader;
using kratos::ServerStream;
using kratos::Status;

std::string Letters(int count) {
  std::string text(static_cast<std::size_t>(count), ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}

Status Failure(const std::string& reason, const std::string& message) {
  return kratos::Error(409, reason, message).WithMetadata("k", "v");
}

// Hands over every message until the client has ended its side.
template <class Request, class Take>
Status Each(ServerReader<Request>& in, const Take& take) {
  Request request;
  while (true) {
    const Result<bool> more = in.Recv(&request);
    if (!more.ok()) return more.status();
    if (!*more) return {};
    if (Status status = take(request); !status.ok()) return status;
  }
}

}  // namespace

Status StreamsService::Endless(Context& ctx, const std::string& name, ServerStream<Item>& out) {
  Status status;
  for (int number = 1; status.ok(); ++number) {
    Item item;
    item.set_name(name);
    item.set_number(number);
    status = out.Send(item);
    if (status.ok()) status = kratos::fiber::SleepFor(ctx, std::chrono::milliseconds(2));
  }
  {
    const std::lock_guard lock(mutex_);
    gone_.insert(name);
  }
  changed_.notify_all();
  return status;
}

Status StreamsService::Watch(Context& ctx, const WatchRequest& request, ServerStream<Item>& out) {
  if (request.endless()) return Endless(ctx, request.name(), out);
  for (int number = 1; number <= request.count(); ++number) {
    Status status = kratos::fiber::SleepFor(ctx, std::chrono::milliseconds(request.pause()));
    Item item;
    item.set_name(request.name());
    item.set_number(number);
    item.set_text(Letters(request.letters()));
    for (int i = 0; i < request.tags(); ++i) item.add_tags(item.text());
    if (status.ok()) status = out.Send(item);
    if (!status.ok()) return status;
  }
  return request.fail().empty() ? Status() : Failure(request.fail(), "it failed");
}

Status StreamsService::WatchPosted(Context& ctx, const WatchRequest& request,
                                   ServerStream<Item>& out) {
  return Watch(ctx, request, out);
}

Status StreamsService::Pour(Context&, const WatchRequest& request, ServerStream<HttpBody>& out) {
  for (int i = 0; i < request.count(); ++i) {
    HttpBody body;
    body.set_content_type("text/x-test");
    body.set_data(request.data());
    if (Status status = out.Send(body); !status.ok()) return status;
  }
  return request.fail().empty() ? Status() : Failure(request.fail(), "it failed");
}

Status StreamsService::Collect(Context&, ServerReader<Item>& in, Collection* reply) {
  return Each(in, [reply](const Item& item) -> Status {
    if (item.text() == "fail") return Failure("TOLD_TO", "it failed");
    *reply->add_items() = item;
    return {};
  });
}

Status StreamsService::CollectInner(Context& ctx, ServerReader<Item>& in, Collection* reply) {
  return Collect(ctx, in, reply);
}

Status StreamsService::CollectBare(Context& ctx, ServerReader<Item>& in, Collection* reply) {
  return Collect(ctx, in, reply);
}

Status StreamsService::Store(Context&, ServerReader<HttpBody>& in, Collection* reply) {
  return Each(in, [reply](const HttpBody& body) -> Status {
    *reply->mutable_data() += body.data();
    return {};
  });
}

Status StreamsService::StoreField(Context&, ServerReader<StoreRequest>& in, Collection* reply) {
  return Each(in, [reply](const StoreRequest& request) -> Status {
    reply->set_name(request.name());
    reply->set_revision(request.revision());
    *reply->mutable_data() += request.file().data();
    return {};
  });
}

Status StreamsService::Echo(Context& ctx, ServerReader<Item>& in, ServerStream<Item>& out) {
  int count = 0;
  Status status = Each(in, [&](const Item& item) -> Status {
    if (item.name() == "fail") return Failure("TOLD_TO", item.text());
    if (item.name().starts_with("endless")) return Endless(ctx, item.name(), out);
    ++count;
    return out.Send(item);
  });
  if (!status.ok()) return status;
  Item bye;
  bye.set_name("bye");
  bye.set_number(count);
  return out.Send(bye);
}

Status StreamsService::Greet(Context& ctx, ServerReader<Item>& in, ServerStream<Item>& out) {
  Item hello;
  hello.set_name("hello");
  if (Status status = out.Send(hello); !status.ok()) return status;
  return Echo(ctx, in, out);
}

Status StreamsService::EchoBytes(Context&, ServerReader<HttpBody>& in,
                                 ServerStream<HttpBody>& out) {
  return Each(in, [&out](const HttpBody& body) { return out.Send(body); });
}

Status StreamsService::Gone(Context& ctx, const WatchRequest& request, google::protobuf::Empty*) {
  std::unique_lock lock(mutex_);
  if (changed_.wait(lock, ctx.stop_token(), [&] { return gone_.contains(request.name()); }))
    return {};
  return kratos::GatewayTimeout("STILL_THERE", "");
}

}  // namespace interop
