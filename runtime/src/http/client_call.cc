#include "http/client_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

bool IsWebSocketOnly(StreamKind kind) {
  return kind == StreamKind::kClient || kind == StreamKind::kBidi;
}

}  // namespace

std::string ToUpper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

Result<ContentChoice> ChooseContent(const codec::Registry& registry, const std::string& text) {
  ContentChoice choice;
  if (text.find('/') == std::string::npos) {
    choice.codec = registry.Find(text);
    if (choice.codec != nullptr)
      choice.media_type = fmt::format("application/{}", choice.codec->name());
  } else if (const auto type = codec::ParseMediaType(text)) {
    choice.codec = registry.Find(type->subtype);
    choice.media_type = text;
  }
  if (choice.codec == nullptr) {
    return BadRequest(kReasonCodec, fmt::format("no codec is registered for \"{}\"", text));
  }
  return choice;
}

Result<ChosenBinding> ChooseBinding(const ClientMethod& method, const CallOptions& options) {
  if (options.binding >= method.bindings.size()) {
    return BadRequest(kReasonCodec,
                      fmt::format("{} has {} bindings, there is no number {}", method.operation,
                                  method.bindings.size(), options.binding));
  }
  ChosenBinding chosen;
  chosen.binding = &method.bindings[options.binding];
  chosen.method = ToUpper(chosen.binding->method);
  if (IsWebSocketOnly(chosen.binding->stream)) {
    chosen.method = "GET";
  } else if (chosen.method == "*") {
    if (options.method.empty()) {
      return BadRequest(kReasonCodec,
                        fmt::format("{} takes any HTTP method: CallOptions::method must name one",
                                    method.operation));
    }
    chosen.method = ToUpper(options.method);
  } else if (!options.method.empty() && ToUpper(options.method) != chosen.method) {
    return BadRequest(kReasonCodec,
                      fmt::format("{} is called with {}: CallOptions::method cannot change that",
                                  method.operation, chosen.method));
  }
  if (!IsToken(chosen.method)) return BadRequest(kReasonCodec, "the HTTP method is not a token");
  return chosen;
}

std::string AcceptFor(const CallOptions& options, std::string_view media_type) {
  if (options.accept.empty()) return std::string(media_type);
  return options.accept.find('/') == std::string::npos ? "application/" + options.accept
                                                       : options.accept;
}

}  // namespace kratos::http
