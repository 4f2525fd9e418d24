#include "kratos/middleware/metadata_propagation.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "kratos/context/context.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

bool HasPrefix(const std::vector<std::string>& prefixes, std::string_view name) {
  return std::any_of(prefixes.begin(), prefixes.end(), [name](const std::string& prefix) {
    return EqualsIgnoreCase(name.substr(0, prefix.size()), prefix);
  });
}

std::string ToLower(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

void Receive(const MetadataPropagationOptions& options, Context& ctx) {
  Metadata& metadata = ctx.mutable_server_metadata();
  for (const auto& [name, value] : options.constants) metadata.Add(ToLower(name), value);
  for (const auto& [name, value] : ctx.request_header()) {
    if (HasPrefix(options.server_prefixes, name)) metadata.Add(ToLower(name), value);
  }
}

// All that `from` has under names that `header` lacks.
template <class Wanted>
void Fill(const Metadata& from, Wanted wanted, Metadata* header) {
  for (const std::string_view name : from.Names()) {
    if (!wanted(name) || header->Has(name)) continue;
    for (const std::string_view value : from.Values(name)) header->Add(name, value);
  }
}

void Send(const MetadataPropagationOptions& options, Context& ctx) {
  const auto all = [](std::string_view) { return true; };
  Metadata& header = ctx.mutable_request_header();
  Fill(ctx.client_metadata(), all, &header);
  Fill(
      ctx.server_metadata(),
      [&](std::string_view name) { return HasPrefix(options.client_prefixes, name); }, &header);
  Fill(options.constants, all, &header);
}

}  // namespace

Middleware MetadataPropagation(MetadataPropagationOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      switch (ctx.transport().side) {
        case TransportInfo::Side::kServer:
          Receive(options, ctx);
          break;
        case TransportInfo::Side::kClient:
          Send(options, ctx);
          break;
        case TransportInfo::Side::kNone:
          break;
      }
      return next(ctx, request, reply);
    };
  };
}

}  // namespace kratos::middleware
