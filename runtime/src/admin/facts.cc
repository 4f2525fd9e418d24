#include "admin/facts.h"

#include <google/protobuf/stubs/common.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace kratos::admin {

namespace {

using rapidjson::Document;
using rapidjson::Value;

// Adds members to an object in order.
class Object {
 public:
  explicit Object(Document::AllocatorType& memory)
      : value_(rapidjson::kObjectType), memory_(memory) {}

  template <class T>
  Object& Add(std::string_view key, const T& value) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      return Put(key, Text(value));
    } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
      return Put(key, Text(std::to_string(value.count()) + " ms"));
    } else if constexpr (std::is_same_v<T, bool> || std::is_floating_point_v<T>) {
      return Put(key, Value(value));
    } else {
      return Put(key, Value(static_cast<std::int64_t>(value)));
    }
  }
  Object& Put(std::string_view key, Value value) {
    value_.AddMember(Text(key), std::move(value), memory_);
    return *this;
  }
  Value Take() { return std::move(value_); }

 private:
  Value Text(std::string_view text) {
    return Value(text.data(), static_cast<rapidjson::SizeType>(text.size()), memory_);
  }

  Value value_;
  Document::AllocatorType& memory_;
};

Value AboutApp(const AppInfo& app, Document::AllocatorType& memory) {
  Object metadata(memory);
  for (const auto& [key, value] : app.metadata) metadata.Add(key, value);
  Value endpoints(rapidjson::kArrayType);
  for (const std::string& endpoint : app.endpoints)
    endpoints.PushBack(Value(endpoint.c_str(), memory), memory);
  return Object(memory)
      .Add("name", app.name)
      .Add("version", app.version)
      .Add("id", app.id)
      .Put("metadata", metadata.Take())
      .Put("endpoints", std::move(endpoints))
      .Take();
}

Value AboutBuild(Document::AllocatorType& memory) {
  return Object(memory)
      .Add("kratos", std::string_view(KRATOS_VERSION))
#ifdef __clang__
      .Add("compiler", std::string_view("clang " __clang_version__))
#else
      .Add("compiler", std::string_view("gcc " __VERSION__))
#endif
      .Add("protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION))
      .Take();
}

Value AboutRoutes(const http::Server& server, Document::AllocatorType& memory) {
  Value routes(rapidjson::kArrayType);
  for (const http::RouteInfo& route : server.Routes()) {
    routes.PushBack(Object(memory)
                        .Add("method", route.method)
                        .Add("path", route.path)
                        .Add("operation", route.operation)
                        .Take(),
                    memory);
  }
  return routes;
}

Value AboutLimits(const http::ServerOptions& options, Document::AllocatorType& memory) {
  const http::Limits& limits = options.limits;
  return Object(memory)
      .Add("timeout", options.timeout)
      .Add("max_body_bytes", limits.max_body_bytes)
      .Add("max_decompressed_bytes", limits.max_decompressed_bytes.value_or(limits.max_body_bytes))
      .Add("max_target_bytes", limits.max_target_bytes)
      .Add("max_header_bytes", limits.max_header_bytes)
      .Add("max_header_count", limits.max_header_count)
      .Add("max_query_pairs", limits.max_query_pairs)
      .Add("max_json_depth", limits.max_json_depth)
      .Add("read_timeout", limits.read_timeout)
      .Add("write_timeout", limits.write_timeout)
      .Add("idle_timeout", limits.idle_timeout)
      .Add("max_requests_per_connection", limits.max_requests_per_connection)
      .Add("threads", limits.threads)
      .Add("max_queued_calls", limits.max_queued_calls)
      .Add("max_connections", limits.max_connections)
      .Add("max_queued_connections", limits.max_queued_connections)
      .Take();
}

Value AboutCounters(const http::ServerStats& stats, Document::AllocatorType& memory) {
  return Object(memory)
      .Add("started", stats.started)
      .Add("running", stats.running)
      .Add("refused", stats.refused)
      .Add("answered_1xx", stats.answered[0])
      .Add("answered_2xx", stats.answered[1])
      .Add("answered_3xx", stats.answered[2])
      .Add("answered_4xx", stats.answered[3])
      .Add("answered_5xx", stats.answered[4])
      .Take();
}

}  // namespace

Document CollectFacts(const AppInfo* app, const std::vector<const http::Server*>& servers) {
  Document facts(rapidjson::kObjectType);
  auto& memory = facts.GetAllocator();
  Object all(memory);
  if (app != nullptr) all.Put("application", AboutApp(*app, memory));
  all.Put("build", AboutBuild(memory));
  Value list(rapidjson::kArrayType);
  for (const http::Server* server : servers) {
    list.PushBack(Object(memory)
                      .Add("address", server->options().address)
                      .Add("port", server->port())
                      .Add("ready", server->Ready())
                      .Put("counters", AboutCounters(server->stats(), memory))
                      .Put("limits", AboutLimits(server->options(), memory))
                      .Put("routes", AboutRoutes(*server, memory))
                      .Take(),
                  memory);
  }
  all.Put("servers", std::move(list));
  static_cast<Value&>(facts) = all.Take();
  return facts;
}

}  // namespace kratos::admin
