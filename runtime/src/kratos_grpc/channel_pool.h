// Channels by address.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "kratos/errors/status.h"
#include "kratos/grpc/client.h"

namespace kratos::grpc {

/// An endpoint as given, taken apart.
struct Target {
  /// As gRPC takes it.
  std::string name;
  /// As TransportInfo shows it.
  std::string endpoint;
  bool tls = false;
};

/// Reads what ClientOptions::endpoint documents. Fails with a sentence naming the text.
Result<Target> ParseTarget(const std::string& endpoint, bool default_tls);

/// Makes channels and keeps those used last. Thread-safe.
class ChannelPool {
 public:
  explicit ChannelPool(const ClientOptions& options) : options_(options) {}

  /// Reads the TLS material.
  Status LoadTls();
  Result<std::shared_ptr<::grpc::Channel>> Get(const Target& target);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<::grpc::Channel> channel;
  };

  std::shared_ptr<::grpc::Channel> Make(const Target& target) const;

  const ClientOptions& options_;
  std::shared_ptr<::grpc::ChannelCredentials> tls_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // Last used first.
  std::map<std::string, std::list<Entry>::iterator, std::less<>> by_key_;
};

/// The arguments that `options` come to.
::grpc::ChannelArguments MakeChannelArguments(const ClientOptions& options);

}  // namespace kratos::grpc
