// What one call owns while it runs; http::Context is its public face.
#pragma once

#include <google/protobuf/arena.h>

#include <optional>
#include <vector>

#include "http/compression/reply_compression.h"
#include "http/dispatcher.h"
#include "kratos/form/form.h"
#include "kratos/http/context.h"
#include "kratos/http/message.h"

namespace kratos::http::internal {

struct CallState {
  CallState(const Dispatcher& d, Request& req, Response& res)
      : dispatcher(d),
        request(req),
        response(res),
        compression(d.options().compression, d.codings(), &req) {}

  const Dispatcher& dispatcher;
  Request& request;
  Response& response;
  const ReplyCompression compression;
  /// The matched route; null before matching and when there is none.
  const RouteEntry* route = nullptr;
  /// Path variables, decoded, in template order.
  std::vector<form::Pair> vars;
  mutable std::optional<kratos::Result<std::vector<form::Pair>>> query;
  /// Why the body could not be decompressed; what binds the body answers with it.
  Status body_status;
  /// True when Bind or BindField found nothing to read.
  bool body_was_empty = false;
  /// Replaces code 200 in a later answer; zero when unset.
  int status_override = 0;
  google::protobuf::Arena arena;

  /// The service method that the composed middleware chain ends in.
  struct {
    Status (*function)(void*, kratos::Context&, const google::protobuf::Message&,
                       google::protobuf::Message*) = nullptr;
    void* object = nullptr;
  } target;
};

}  // namespace kratos::http::internal
