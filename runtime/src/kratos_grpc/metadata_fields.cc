#include "kratos_grpc/metadata_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kratos/route/percent.h"

namespace kratos::grpc {

namespace {

constexpr std::array<std::string_view, 14> kTransportNames = {"accept-encoding",
                                                              "connection",
                                                              "content-encoding",
                                                              "content-length",
                                                              "content-type",
                                                              "date",
                                                              "host",
                                                              "http2-settings",
                                                              "keep-alive",
                                                              "proxy-connection",
                                                              "te",
                                                              "transfer-encoding",
                                                              "upgrade",
                                                              "user-agent"};

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

Metadata FromGrpc(const std::multimap<::grpc::string_ref, ::grpc::string_ref>& fields) {
  Metadata out;
  for (const auto& [name, value] : fields) {
    out.Add(std::string_view(name.data(), name.size()),
            std::string_view(value.data(), value.size()));
  }
  return out;
}

bool IsReserved(std::string_view lower_name) {
  return lower_name.starts_with(':') || lower_name.starts_with("grpc-") ||
         std::binary_search(kTransportNames.begin(), kTransportNames.end(), lower_name);
}

std::string WhyNotSendable(std::string_view lower_name, std::string_view value) {
  if (lower_name.empty() || !std::all_of(lower_name.begin(), lower_name.end(), IsNameCharacter)) {
    return fmt::format("the name \"{}\" is none of gRPC metadata", lower_name);
  }
  if (lower_name.ends_with("-bin")) return "";
  if (!std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
    return fmt::format(
        "the value of \"{}\" is not printable ASCII; a name that ends in -bin takes any bytes",
        lower_name);
  }
  return "";
}

std::string PeerText(std::string_view peer) {
  const bool v6 = peer.starts_with("ipv6:");
  if (!v6 && !peer.starts_with("ipv4:")) return std::string(peer);
  peer.remove_prefix(5);
  std::string text;
  if (!v6 || route::DecodeSegment(peer, &text) != route::DecodeError::kNone)
    return std::string(peer);
  return text;
}

}  // namespace kratos::grpc
