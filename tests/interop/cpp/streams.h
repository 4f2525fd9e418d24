// interop.Streams in C++, as go/server/streams.go.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "streams.http.pb.h"

namespace interop {

class StreamsService final : public StreamsServer {
 public:
  kratos::Status Watch(kratos::Context& ctx, const WatchRequest& request,
                       kratos::ServerStream<Item>& out) override;
  kratos::Status WatchPosted(kratos::Context& ctx, const WatchRequest& request,
                             kratos::ServerStream<Item>& out) override;
  kratos::Status Pour(kratos::Context& ctx, const WatchRequest& request,
                      kratos::ServerStream<google::api::HttpBody>& out) override;
  kratos::Status Collect(kratos::Context& ctx, kratos::ServerReader<Item>& in,
                         Collection* reply) override;
  kratos::Status CollectInner(kratos::Context& ctx, kratos::ServerReader<Item>& in,
                              Collection* reply) override;
  kratos::Status CollectBare(kratos::Context& ctx, kratos::ServerReader<Item>& in,
                             Collection* reply) override;
  kratos::Status Store(kratos::Context& ctx, kratos::ServerReader<google::api::HttpBody>& in,
                       Collection* reply) override;
  kratos::Status StoreField(kratos::Context& ctx, kratos::ServerReader<StoreRequest>& in,
                            Collection* reply) override;
  kratos::Status Echo(kratos::Context& ctx, kratos::ServerReader<Item>& in,
                      kratos::ServerStream<Item>& out) override;
  kratos::Status Greet(kratos::Context& ctx, kratos::ServerReader<Item>& in,
                       kratos::ServerStream<Item>& out) override;
  kratos::Status EchoBytes(kratos::Context& ctx, kratos::ServerReader<google::api::HttpBody>& in,
                           kratos::ServerStream<google::api::HttpBody>& out) override;
  kratos::Status Gone(kratos::Context& ctx, const WatchRequest& request,
                      google::protobuf::Empty* reply) override;

 private:
  kratos::Status Endless(kratos::Context& ctx, const std::string& name,
                         kratos::ServerStream<Item>& out);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Names of endless replies that could not be sent any more.
  std::set<std::string> gone_;
};

}  // namespace interop
