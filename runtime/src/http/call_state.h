// What one call owns while it runs; http::Context is its public face.
#pragma once

#include <google/protobuf/arena.h>

#include <optional>
#include <vector>

#include "http/call_memory.h"
#include "http/compression/content_decoder.h"
#include "http/compression/reply_compression.h"
#include "http/dispatcher.h"
#include "http/reply_stream.h"
#include "kratos/form/form.h"
#include "kratos/http/context.h"
#include "kratos/http/message.h"

namespace kratos::http::internal {

struct CallState {
  /// `x` is null for a request that was refused before it was one.
  CallState(const Dispatcher& d, Request& req, Response& res, Exchange* x)
      : dispatcher(d),
        request(req),
        response(res),
        exchange(x),
        vars((*memory).vars),
        transport((*memory).transport),
        arena(memory.ArenaOptions()),
        compression(d.options().compression, d.codings(), &req) {}

  /// What a body that cannot be decoded for `why` is answered with; an unknown coding together with
  /// those that are known (RFC 9110, 12.5.3).
  Status RefuseBody(const Status& why) {
    if (why.code() == 415) response.headers.Set("Accept-Encoding", AcceptedCodings());
    return why;
  }

  /// First, because the arena is in it.
  const CallMemoryLease memory;
  const Dispatcher& dispatcher;
  Request& request;
  Response& response;
  Exchange* const exchange;
  /// The reply's head is on its way: what goes wrong now cannot change it.
  bool head_sent = false;
  /// Path variables, decoded, in template order.
  std::vector<form::Pair>& vars;
  TransportInfo& transport;
  google::protobuf::Arena arena;
  const ReplyCompression compression;
  /// The matched route; null before matching and when there is none.
  const RouteEntry* route = nullptr;
  std::optional<kratos::Result<std::vector<form::Pair>>> query;
  /// Why the body could not be decompressed; what binds the body answers with it.
  Status body_status;
  /// The reply's codec was chosen by Accept.
  bool by_accept = false;
  /// True when Bind or BindField found nothing to read.
  bool body_was_empty = false;
  /// Undoes the content codings of a body that streams; null when it has none.
  std::unique_ptr<ContentDecoder> decoder;
  bool decoder_made = false;
  /// What has come of such a body and was not decoded yet.
  std::string coded;
  EventOptions next_event;
  std::optional<ReplyStream> reply_stream;
  /// Replaces code 200 in a later answer; zero when unset.
  int status_override = 0;

  /// The service method that the composed middleware chain ends in.
  struct {
    Context::Target function = nullptr;
    void* object = nullptr;
    Context::Streams streams{};
  } target;
};

}  // namespace kratos::http::internal
