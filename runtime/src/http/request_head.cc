#include "http/request_head.h"

#include <fmt/format.h>

#include <charconv>

#include "metadata/ascii.h"
#include "metadata/field_syntax.h"
#include "metadata/refill.h"
#include "route/chars.h"

namespace kratos::http {

namespace {

using kratos::internal::FieldValueLength;
using kratos::internal::kIsTokenChar;
using kratos::internal::LengthAbove;
using kratos::internal::Refill;
using kratos::internal::TokenLength;
using kratos::internal::Trim;

constexpr std::string_view kLineEnd = "\r\n";

// Unreserved characters and sub-delimiters (RFC 3986, 3.2.2).
constexpr auto kIsHostChar = [] {
  auto is = kIsTokenChar;
  for (const char c : {'#', '^', '`', '|'}) is[static_cast<unsigned char>(c)] = false;
  for (const char c : {'(', ')', ',', ';', '='}) is[static_cast<unsigned char>(c)] = true;
  is['%'] = false;
  return is;
}();

// Length of the longest part of a host's name, with escapes, that `text` begins with.
std::size_t HostNameLength(std::string_view text) {
  std::size_t length = 0;
  while (true) {
    while (length < text.size() && kIsHostChar[static_cast<unsigned char>(text[length])]) ++length;
    if (text.size() - length < 3 || text[length] != '%' || route::HexValue(text[length + 1]) < 0 ||
        route::HexValue(text[length + 2]) < 0)
      return length;
    length += 3;
  }
}

// True for a host with or without a port; RFC 9112, 3.2 has any other Host refused.
bool IsHost(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    for (std::string_view address = text.substr(1, end - 1); !address.empty();
         address.remove_prefix(1)) {
      if (address.front() != ':' && HostNameLength(address.substr(0, 1)) == 0) return false;
    }
    text.remove_prefix(end + 1);
  } else {
    text.remove_prefix(HostNameLength(text));
  }
  if (text.empty()) return true;
  return text.front() == ':' && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// Reduces the absolute form ("http://host/path") to the origin form, as RFC 9112, 3.2.2 obliges
// servers to accept it. False when that names no host (RFC 9110, 4.2.1 and 4.2.4).
bool SetOriginForm(std::string_view target, std::string* to) {
  if (target.front() == '/') {
    Refill(target, to);
    return true;
  }
  for (std::string_view scheme : {"http://", "https://"}) {
    if (target.size() >= scheme.size() &&
        EqualsIgnoreCase(target.substr(0, scheme.size()), scheme)) {
      const auto path = target.find_first_of("/?", scheme.size());
      const auto host = target.substr(scheme.size(), path - scheme.size());
      if (host.empty() || host.front() == ':' || !IsHost(host)) return false;
      to->assign(path != std::string_view::npos && target[path] == '/' ? "" : "/");
      if (path != std::string_view::npos) to->append(target.substr(path));
      return true;
    }
  }
  to->assign(target);
  return true;
}

// Why the line that `text` begins with is refused: for `what`, or because it ends in a bare LF.
HeadError BadLine(std::string_view text, const char* what, const char* bare) {
  const auto end = text.find('\n');
  const bool ended = end != std::string_view::npos && end != 0 && text[end - 1] == '\r';
  return {400, ended ? what : bare};
}

// Takes the request line off `text`.
std::optional<HeadError> ParseRequestLine(std::string_view& text, const Limits& limits,
                                          RequestHead* out) {
  const auto malformed = [line = text] {
    return BadLine(line, "the request line is malformed", "the request line is not ended by CR LF");
  };
  constexpr std::size_t kVersionSize = std::string_view("HTTP/1.1").size();
  std::string_view rest = text;
  const std::string_view method = rest.substr(0, TokenLength(rest));
  rest.remove_prefix(method.size());
  if (method.empty() || !rest.starts_with(' ')) return malformed();
  rest.remove_prefix(1);
  // Visible ASCII and bytes of UTF-8: what a target may hold undecoded.
  const std::string_view target = rest.substr(0, LengthAbove<0x21>(rest));
  rest.remove_prefix(target.size());
  if (target.empty() || !rest.starts_with(' ')) return malformed();
  if (limits.max_target_bytes != 0 && target.size() > limits.max_target_bytes) {
    return HeadError{
        414, fmt::format("the request target is longer than {} bytes", limits.max_target_bytes)};
  }
  const std::string_view version = rest.substr(1, kVersionSize);
  if (!version.starts_with("HTTP/") || version.size() != kVersionSize || version[6] != '.' ||
      !rest.substr(1 + kVersionSize).starts_with(kLineEnd))
    return malformed();
  if (version[5] != '1' || version[7] < '0' || version[7] > '9') {
    return HeadError{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  rest.remove_prefix(1 + kVersionSize + kLineEnd.size());
  Refill(method, &out->request.method);
  if (!SetOriginForm(target, &out->request.target))
    return HeadError{400, "the request target names no host"};
  out->request.http_minor = version[7] - '0';
  if (out->request.target[0] != '/' && !(method == "OPTIONS" && target == "*")) {
    return HeadError{400, "the request target does not begin with '/'"};
  }
  text = rest;
  return std::nullopt;
}

std::optional<HeadError> ParseFields(std::string_view text, const Limits& limits,
                                     RequestHead* out) {
  const auto malformed = [&text](const char* what) {
    return BadLine(text, what, "a header line is not ended by CR LF");
  };
  std::size_t count = 0;
  while (!text.starts_with(kLineEnd)) {
    if (limits.max_header_count != 0 && ++count > limits.max_header_count) {
      return HeadError{
          431, fmt::format("there are more than {} header fields", limits.max_header_count)};
    }
    if (text.starts_with(' ') || text.starts_with('\t'))
      return malformed("header lines must not be folded");
    const std::string_view name = text.substr(0, TokenLength(text));
    std::string_view rest = text.substr(name.size());
    if (name.empty() || !rest.starts_with(':'))
      return malformed("a header field has a malformed name");
    rest.remove_prefix(1);
    const std::string_view value = rest.substr(0, FieldValueLength(rest));
    rest.remove_prefix(value.size());
    if (!rest.starts_with(kLineEnd)) return malformed("a header field holds a control character");
    out->request.headers.Add(name, Trim(value));
    text = rest.substr(kLineEnd.size());
  }
  if (text.size() != kLineEnd.size()) return HeadError{400, "the head is malformed"};
  return std::nullopt;
}

std::optional<HeadError> ReadLength(std::string_view text, bool first, std::size_t* length) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || text[0] == '+')
    return HeadError{400, "Content-Length is no number"};
  if (!first && value != *length)
    return HeadError{400, "there are two different Content-Length fields"};
  *length = value;
  return std::nullopt;
}

std::optional<HeadError> ReadFraming(RequestHead* out) {
  const Metadata& headers = out->request.headers;
  const std::string* coding = headers.Find("Transfer-Encoding");
  if (coding != nullptr) {
    if (headers.Has("Content-Length"))
      return HeadError{400, "Content-Length and Transfer-Encoding must not come together"};
    if (out->request.http_minor == 0) return HeadError{400, "HTTP/1.0 knows no Transfer-Encoding"};
    if (headers.Count("Transfer-Encoding") != 1 || !EqualsIgnoreCase(*coding, "chunked"))
      return HeadError{501, "the only transfer coding understood is chunked"};
    out->chunked = true;
  }
  std::optional<HeadError> failed;
  bool first = true;
  headers.ForEachValue("Content-Length", [&](std::string_view text) {
    if (!failed) failed = ReadLength(text, first, &out->content_length);
    first = false;
  });
  return failed;
}

// True when a comma-separated field has `token` among its members.
bool HasToken(const Metadata& headers, std::string_view name, std::string_view token) {
  bool has = false;
  headers.ForEachValue(name, [&](std::string_view value) {
    while (!value.empty()) {
      const auto comma = value.find(',');
      has = has || EqualsIgnoreCase(Trim(value.substr(0, comma)), token);
      value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
    }
  });
  return has;
}

}  // namespace

void RequestHead::Clear() {
  request.Clear();
  chunked = false;
  content_length = 0;
  keep_alive = true;
  expect_continue = false;
}

std::optional<HeadError> ParseRequestHead(std::string_view head, const Limits& limits,
                                          RequestHead* out) {
  if (auto error = ParseRequestLine(head, limits, out)) return error;
  if (limits.max_header_bytes != 0 && head.size() > limits.max_header_bytes) {
    return HeadError{
        431, fmt::format("the header fields are longer than {} bytes", limits.max_header_bytes)};
  }
  if (auto error = ParseFields(head, limits, out)) return error;
  std::size_t hosts = 0;
  bool is_host = true;
  out->request.headers.ForEachValue("Host", [&](std::string_view host) {
    ++hosts;
    is_host = is_host && IsHost(host);
  });
  if (hosts > 1 || (hosts == 0 && out->request.http_minor >= 1)) {
    return HeadError{400, "there must be exactly one Host field"};
  }
  if (!is_host) return HeadError{400, "the Host field holds no host"};
  if (auto error = ReadFraming(out)) return error;
  const Metadata& headers = out->request.headers;
  out->keep_alive = !HasToken(headers, "Connection", "close") &&
                    (out->request.http_minor >= 1 || HasToken(headers, "Connection", "keep-alive"));
  out->expect_continue =
      out->request.http_minor >= 1 && HasToken(headers, "Expect", "100-continue");
  return std::nullopt;
}

}  // namespace kratos::http
