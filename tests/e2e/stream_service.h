// The service behind the tests of streams.
#pragma once

#include <functional>
#include <memory>

#include "harness.h"
#include "stream.http.pb.h"
#include "stream.pb.h"

namespace e2e {

class StreamService final : public stream::StreamsServer {
 public:
  kratos::Status Watch(kratos::Context& ctx, const stream::WatchRequest& request,
                       kratos::ServerStream<stream::Item>& out) override;
  kratos::Status Download(kratos::Context& ctx, const stream::WatchRequest& request,
                          kratos::ServerStream<google::api::HttpBody>& out) override;
  kratos::Status Collect(kratos::Context& ctx, kratos::ServerReader<stream::Item>& in,
                         stream::Summary* reply) override;
  kratos::Status CollectInner(kratos::Context& ctx, kratos::ServerReader<stream::Item>& in,
                              stream::Summary* reply) override;
  kratos::Status Upload(kratos::Context& ctx, kratos::ServerReader<stream::UploadRequest>& in,
                        stream::Summary* reply) override;
  kratos::Status Store(kratos::Context& ctx, kratos::ServerReader<google::api::HttpBody>& in,
                       stream::Summary* reply) override;
  kratos::Status Echo(kratos::Context& ctx, kratos::ServerReader<stream::Item>& in,
                      kratos::ServerStream<stream::Item>& out) override;
  kratos::Status EchoBytes(kratos::Context& ctx, kratos::ServerReader<google::api::HttpBody>& in,
                           kratos::ServerStream<google::api::HttpBody>& out) override;

  /// Takes Watch's place when set, before the server starts.
  std::function<kratos::Status(kratos::Context&, const stream::WatchRequest&,
                               kratos::ServerStream<stream::Item>&)>
      watch;
};

/// A running server with the service.
class StreamTestServer : public TestServer {
 public:
  explicit StreamTestServer(kratos::http::ServerOptions options = LocalOptions(),
                            decltype(StreamService::watch) watch = nullptr,
                            const std::function<void(kratos::http::Server&)>& more = nullptr);
};

}  // namespace e2e
