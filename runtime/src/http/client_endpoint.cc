#include "http/client_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "kratos/errors/errors.h"
#include "kratos/metadata/metadata.h"
#include "transport/endpoint.h"

namespace kratos::http {

namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

Error BadEndpoint(std::string_view text, std::string_view why) {
  return BadRequest("BAD_ENDPOINT", fmt::format("\"{}\" is not an endpoint such as host:port or "
                                                "https://host:port/prefix: {}",
                                                text, why));
}

bool IsHostChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':' || c == '%';
}

// "host", "host:port", "[v6]" or "[v6]:port".
std::optional<Origin> ParseAuthority(std::string_view text, bool tls, std::string* why) {
  const auto port_colon = text.starts_with('[') ? text.find("]:") : text.rfind(':');
  std::string with_port(text);
  if (port_colon == std::string_view::npos) {
    with_port += ':' + std::to_string(tls ? kHttpsPort : kHttpPort);
  }
  auto parsed = transport::ParseHostPort(with_port);
  if (!parsed.ok()) {
    *why = parsed.status().message();
    return std::nullopt;
  }
  if (parsed->host.empty()) {
    *why = "the host is missing";
    return std::nullopt;
  }
  if (!std::all_of(parsed->host.begin(), parsed->host.end(), IsHostChar)) {
    *why = "the host holds a character that no host name has";
    return std::nullopt;
  }
  if (parsed->port == 0) {
    *why = "port 0 cannot be connected to";
    return std::nullopt;
  }
  std::transform(parsed->host.begin(), parsed->host.end(), parsed->host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return Origin{tls, std::move(parsed->host), parsed->port};
}

// What a request target may hold as it is; everything else gets percent-encoded.
bool IsTargetChar(char c) {
  return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
         c != '`';
}

// httplib 0.11 decodes %XX in field values, Location too: what cannot stand in a request line is
// encoded again.
std::string EncodeTarget(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (IsTargetChar(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

// RFC 3986, 5.2.4.
std::string RemoveDotSegments(std::string_view path) {
  std::vector<std::string_view> segments;
  bool directory = false;
  std::size_t at = 1;
  while (at <= path.size()) {
    const auto slash = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, slash - at);
    directory = segment == "." || segment == "..";
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (segment != ".") {
      segments.push_back(segment);
    }
    at = slash + 1;
  }
  std::string out;
  for (const auto segment : segments) out.append("/").append(segment);
  if (directory || out.empty()) out += '/';
  return out;
}

std::optional<bool> SchemeIsTls(std::string_view scheme) {
  if (EqualsIgnoreCase(scheme, "http")) return false;
  if (EqualsIgnoreCase(scheme, "https")) return true;
  return std::nullopt;
}

// "scheme:" at the start, without the colon.
std::string_view SchemeOf(std::string_view text) {
  const auto end = text.find_first_of(":/?#");
  if (end == std::string_view::npos || text[end] != ':') return {};
  return text.substr(0, end);
}

}  // namespace

std::string Origin::ToString() const {
  return (tls ? "https://" : "http://") + transport::FormatHostPort(host, port);
}

std::string Origin::HostField() const {
  if (port != (tls ? kHttpsPort : kHttpPort)) return transport::FormatHostPort(host, port);
  return host.find(':') != std::string::npos ? '[' + host + ']' : host;
}

Result<Endpoint> ParseEndpoint(std::string_view text, bool default_tls) {
  bool tls = default_tls;
  auto rest = text;
  if (const auto separator = text.find("://"); separator != std::string_view::npos) {
    const auto scheme = SchemeIsTls(text.substr(0, separator));
    if (!scheme) return BadEndpoint(text, "the scheme is neither http nor https");
    tls = *scheme;
    rest.remove_prefix(separator + 3);
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return BadEndpoint(text, "a query or fragment cannot precede the calls' own");
  }
  if (rest.find('@') < rest.find('/'))
    return BadEndpoint(text, "user names and passwords are not taken");
  const auto slash = std::min(rest.find('/'), rest.size());
  std::string why;
  auto origin = ParseAuthority(rest.substr(0, slash), tls, &why);
  if (!origin) return BadEndpoint(text, why);
  auto prefix = rest.substr(slash);
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (!std::all_of(prefix.begin(), prefix.end(), IsTargetChar)) {
    return BadEndpoint(text, "the path holds a character that must be percent-encoded");
  }
  return Endpoint{std::move(*origin), std::string(prefix)};
}

Result<Address> ResolveLocation(const Address& base, std::string_view location) {
  const auto bad = [&](std::string_view why) {
    return InternalServer("BAD_REDIRECT",
                          fmt::format("{} redirects to \"{}\": {}", base.origin.ToString(),
                                      EncodeTarget(location), why));
  };
  location = location.substr(0, location.find('#'));
  if (location.empty()) return bad("there is no address");
  Address to{base.origin, ""};
  auto rest = location;
  bool tls = base.origin.tls;
  if (const auto scheme = SchemeOf(location); !scheme.empty()) {
    const auto known = SchemeIsTls(scheme);
    if (!known || !location.substr(scheme.size()).starts_with("://"))
      return bad("only http and https are followed");
    tls = *known;
    rest.remove_prefix(scheme.size() + 1);
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = rest.substr(0, end);
    if (authority.find('@') != std::string_view::npos)
      return bad("user names and passwords are not taken");
    std::string why;
    auto origin = ParseAuthority(authority, tls, &why);
    if (!origin) return bad(why);
    to.origin = std::move(*origin);
    rest.remove_prefix(end);
    if (!rest.starts_with('/')) {
      to.target = '/' + EncodeTarget(rest);
      return to;
    }
  }
  const auto base_path = std::string_view(base.target).substr(0, base.target.find('?'));
  const auto query_at = std::min(rest.find('?'), rest.size());
  const auto path = rest.substr(0, query_at);
  std::string merged;
  if (path.empty()) {
    merged = base_path;
  } else if (path.starts_with('/')) {
    merged = RemoveDotSegments(path);
  } else {
    merged =
        RemoveDotSegments(std::string(base_path.substr(0, base_path.rfind('/') + 1)).append(path));
  }
  to.target = EncodeTarget(merged.append(rest.substr(query_at)));
  return to;
}

}  // namespace kratos::http
