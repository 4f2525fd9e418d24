#include "stream_service.h"

#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "pattern.h"

namespace e2e {

using google::api::HttpBody;
using kratos::ServerReader;
using kratos::ServerStream;
using kratos::Status;
using stream::Item;
using stream::Summary;

namespace {

// Reads all there is; each message's bytes go into the summary's hash.
template <class Request, class Take>
Status Sum(ServerReader<Request>& in, Summary* reply, const Take& take) {
  std::string all;
  Request request;
  while (true) {
    const kratos::Result<bool> more = in.Recv(&request);
    if (!more.ok()) return more.status();
    if (!*more) break;
    reply->set_messages(reply->messages() + 1);
    const std::string& bytes = take(request);
    reply->set_bytes(reply->bytes() + static_cast<std::int64_t>(bytes.size()));
    reply->set_hash(Fnv1a(bytes, reply->messages() == 1 ? kFnvStart : reply->hash()));
  }
  return {};
}

}  // namespace

Status StreamService::Watch(kratos::Context& ctx, const stream::WatchRequest& request,
                            ServerStream<Item>& out) {
  if (watch) return watch(ctx, request, out);
  for (int i = 0; i < request.count(); ++i) {
    Item item;
    item.set_name(request.size() == 0 ? request.name()
                                      : std::string(static_cast<std::size_t>(request.size()), 'x'));
    item.set_number(i + 1);
    if (Status status = out.Send(item); !status.ok()) return status;
  }
  if (!request.fail().empty())
    return kratos::Error(409, request.fail(), "it failed").WithMetadata("k", "v");
  return {};
}

Status StreamService::Download(kratos::Context&, const stream::WatchRequest& request,
                               ServerStream<HttpBody>& out) {
  for (int i = 0; i < request.count(); ++i) {
    HttpBody body;
    if (i == 0) body.set_content_type("image/x-test");
    body.set_data(Pattern(static_cast<std::size_t>(request.size())));
    if (Status status = out.Send(body); !status.ok()) return status;
  }
  if (!request.fail().empty()) return kratos::Conflict(request.fail(), "it failed");
  return {};
}

Status StreamService::Collect(kratos::Context&, ServerReader<Item>& in, Summary* reply) {
  return Sum(in, reply, [reply](const Item& item) -> const std::string& {
    reply->set_name(item.name());
    *reply->mutable_note() +=
        std::to_string(item.number()) + ":" + std::to_string(item.tags_size()) + " ";
    return item.name();
  });
}

Status StreamService::CollectInner(kratos::Context&, ServerReader<Item>& in, Summary* reply) {
  return Sum(in, reply, [reply](const Item& item) -> const std::string& {
    reply->set_name(item.name());
    return item.inner().name();
  });
}

Status StreamService::Upload(kratos::Context&, ServerReader<stream::UploadRequest>& in,
                             Summary* reply) {
  return Sum(in, reply, [reply](const stream::UploadRequest& request) -> const std::string& {
    reply->set_name(request.name());
    reply->set_note(request.note());
    reply->set_content_type(request.file().content_type());
    return request.file().data();
  });
}

Status StreamService::Store(kratos::Context&, ServerReader<HttpBody>& in, Summary* reply) {
  return Sum(in, reply, [reply](const HttpBody& body) -> const std::string& {
    reply->set_content_type(body.content_type());
    return body.data();
  });
}

Status StreamService::Echo(kratos::Context&, ServerReader<Item>& in, ServerStream<Item>& out) {
  Item item;
  while (true) {
    const kratos::Result<bool> more = in.Recv(&item);
    if (!more.ok()) return more.status();
    if (!*more) return {};
    if (item.name() == "fail")
      return kratos::Error(409, "TOLD_TO", "it failed").WithMetadata("k", "v");
    if (Status status = out.Send(item); !status.ok()) return status;
  }
}

Status StreamService::EchoBytes(kratos::Context&, ServerReader<HttpBody>& in,
                                ServerStream<HttpBody>& out) {
  HttpBody body;
  while (true) {
    const kratos::Result<bool> more = in.Recv(&body);
    if (!more.ok()) return more.status();
    if (!*more) return {};
    if (Status status = out.Send(body); !status.ok()) return status;
  }
}

StreamTestServer::StreamTestServer(kratos::http::ServerOptions options,
                                   decltype(StreamService::watch) watch,
                                   const std::function<void(kratos::http::Server&)>& more)
    : TestServer(std::move(options)) {
  auto service = std::make_shared<StreamService>();
  service->watch = std::move(watch);
  stream::RegisterStreamsHttpServer(server(), service);
  if (more) more(server());
  Start();
}

}  // namespace e2e
