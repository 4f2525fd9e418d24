// A call in the making: which binding, which codec, which header fields.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/client_binding.h"
#include "kratos/codec/codec.h"
#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/http/client.h"

namespace kratos::http {

/// A codec and the media type that announces it.
struct ContentChoice {
  const codec::Codec* codec = nullptr;
  std::string media_type{};
};
/// `text` is a codec's name or a whole media type.
Result<ContentChoice> ChooseContent(const codec::Registry& registry, const std::string& text);

struct ChosenBinding {
  const Binding* binding = nullptr;
  /// The HTTP method; GET for a WebSocket.
  std::string method{};
};
/// The binding that `options` ask for. 400 CODEC when there is no such thing.
Result<ChosenBinding> ChooseBinding(const ClientMethod& method, const CallOptions& options);

/// The Accept field: what `options` say, else `media_type`.
std::string AcceptFor(const CallOptions& options, std::string_view media_type);

/// Upper case, for HTTP methods.
std::string ToUpper(std::string_view text);

inline bool IsSuccess(int status) { return status >= 200 && status <= 299; }

/// One call on its way through the middleware; the call's context holds a pointer to it.
struct CallState {
  const Binding* binding = nullptr;
  const CallOptions* options = nullptr;
  /// The context that the middleware was called with.
  Context* call = nullptr;

  // Unary calls.
  std::string method{};
  std::shared_ptr<const BindingPlan> plan{};
  const codec::Codec* codec = nullptr;

  /// Streaming calls: opens the stream for `request` with these header fields and tells the
  /// reply's.
  std::function<Status(Context& ctx, const google::protobuf::Message& request, Metadata headers,
                       Metadata* reply_headers)>
      open{};
};

}  // namespace kratos::http
