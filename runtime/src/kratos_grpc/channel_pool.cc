#include "kratos_grpc/channel_pool.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <array>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos_grpc/channel_arguments.h"
#include "kratos_grpc/credentials.h"
#include "transport/endpoint.h"

namespace kratos::grpc {

namespace {

// What gRPC resolves by itself.
constexpr std::array<std::string_view, 7> kOwnSchemes = {
    "dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:", "vsock:", "xds:"};

Error BadEndpoint(const std::string& endpoint, std::string_view why) {
  return InternalServer("BAD_ENDPOINT",
                        fmt::format("\"{}\" is no endpoint of a gRPC client: {}", endpoint, why));
}

}  // namespace

Result<Target> ParseTarget(const std::string& endpoint, bool default_tls) {
  Target target{endpoint, endpoint, default_tls};
  if (endpoint.starts_with("unix:@")) {
    target.name = "unix-abstract:" + endpoint.substr(6);
    return target;
  }
  for (const std::string_view scheme : kOwnSchemes) {
    if (endpoint.starts_with(scheme) && endpoint.size() > scheme.size()) return target;
  }
  if (const auto colon = endpoint.find("://"); colon != std::string::npos) {
    const std::string scheme = endpoint.substr(0, colon);
    if (scheme == "discovery") {
      return BadEndpoint(endpoint, "discovery needs a Resolver, handed to Client::Create");
    }
    if (scheme != "grpc" && scheme != "grpcs") {
      return BadEndpoint(endpoint, "the scheme is neither grpc nor grpcs");
    }
    target.tls = default_tls || scheme == "grpcs";
    target.name = endpoint.substr(colon + 3);
    if (target.name.ends_with('/')) target.name.pop_back();
  }
  auto parsed = transport::ParseHostPort(target.name);
  if (!parsed.ok()) return BadEndpoint(endpoint, "it has no host and port");
  if (parsed->host.empty() || parsed->port == 0) {
    return BadEndpoint(endpoint, "host or port is missing");
  }
  target.name = transport::FormatHostPort(parsed->host, parsed->port);
  target.endpoint = fmt::format("{}://{}", target.tls ? "grpcs" : "grpc", target.name);
  target.name = "dns:///" + target.name;
  return target;
}

::grpc::ChannelArguments MakeChannelArguments(const ClientOptions& options) {
  ::grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(MessageLimit(options.max_receive_bytes));
  arguments.SetMaxSendMessageSize(MessageLimit(options.max_send_bytes));
  if (options.max_metadata_bytes != 0) {
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE,
                     ToInt(static_cast<std::int64_t>(options.max_metadata_bytes)));
  }
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, ArgumentOf(options.keepalive.time));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ArgumentOf(options.keepalive.timeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, options.keepalive.without_calls);
  // A channel is one connection: those of equal arguments would share it, and outlive their client.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!options.user_agent.empty()) arguments.SetUserAgentPrefix(options.user_agent);
  if (!options.service_config.empty()) arguments.SetServiceConfigJSON(options.service_config);
  if (options.configure) options.configure(arguments);
  return arguments;
}

Status ChannelPool::LoadTls() {
  auto made = MakeClientCredentials(options_.tls.value_or(ClientTlsOptions()));
  if (!made.ok()) return made.status();
  tls_ = std::move(*made);
  return {};
}

std::shared_ptr<::grpc::Channel> ChannelPool::Make(const Target& target) const {
  return ::grpc::CreateCustomChannel(target.name,
                                     target.tls ? tls_ : ::grpc::InsecureChannelCredentials(),
                                     MakeChannelArguments(options_));
}

Result<std::shared_ptr<::grpc::Channel>> ChannelPool::Get(const Target& target) {
  const std::string key = (target.tls ? "s " : "p ") + target.name;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().channel;
  }
  if (target.tls && tls_ == nullptr) {
    if (Status status = LoadTls(); !status.ok()) return status;
  }
  entries_.push_front({key, Make(target)});
  by_key_[key] = entries_.begin();
  // Calls that run keep their channel.
  if (options_.max_channels != 0 && entries_.size() > options_.max_channels) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return entries_.front().channel;
}

}  // namespace kratos::grpc
