#include "http/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "metadata/ascii.h"

namespace kratos::http {

namespace {

using kratos::internal::Trim;

// Takes the next line off `text`, without its CRLF; nothing when an LF stands alone. A CR in the
// line is found by those who read its parts: none may hold one.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || end == 0 || text[end - 1] != '\r') return std::nullopt;
  const std::string_view line = text.substr(0, end - 1);
  text.remove_prefix(end + 1);
  return line;
}

// Visible ASCII and bytes of UTF-8: what a target may hold undecoded.
bool IsTarget(std::string_view target) {
  return std::all_of(target.begin(), target.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
}

// Reduces the absolute form ("http://host/path") to the origin form, as RFC 9112, 3.2.2 obliges
// servers to accept it.
void SetOriginForm(std::string_view target, std::string* to) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (target.size() >= scheme.size() &&
        EqualsIgnoreCase(target.substr(0, scheme.size()), scheme)) {
      const auto path = target.find_first_of("/?", scheme.size());
      to->assign(path != std::string_view::npos && target[path] == '/' ? "" : "/");
      if (path != std::string_view::npos) to->append(target.substr(path));
      return;
    }
  }
  to->assign(target);
}

std::optional<HeadError> ParseRequestLine(std::string_view line, const Limits& limits,
                                          RequestHead* out) {
  const auto malformed = [] { return HeadError{400, "the request line is malformed"}; };
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return malformed();
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || target.empty() || !IsTarget(target)) return malformed();
  if (limits.max_target_bytes != 0 && target.size() > limits.max_target_bytes) {
    return HeadError{
        414, fmt::format("the request target is longer than {} bytes", limits.max_target_bytes)};
  }
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.') return malformed();
  if (version[5] != '1' || version[7] < '0' || version[7] > '9') {
    return HeadError{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  out->request.method = method;
  SetOriginForm(target, &out->request.target);
  out->request.http_minor = version[7] - '0';
  if (out->request.target[0] != '/' && !(method == "OPTIONS" && target == "*")) {
    return HeadError{400, "the request target does not begin with '/'"};
  }
  return std::nullopt;
}

std::optional<HeadError> ParseFields(std::string_view text, const Limits& limits,
                                     RequestHead* out) {
  std::size_t count = 0;
  while (true) {
    const auto line = TakeLine(text);
    if (!line) return HeadError{400, "a header line is not ended by CR LF"};
    if (line->empty()) break;
    if (limits.max_header_count != 0 && ++count > limits.max_header_count) {
      return HeadError{
          431, fmt::format("there are more than {} header fields", limits.max_header_count)};
    }
    if (line->front() == ' ' || line->front() == '\t')
      return HeadError{400, "header lines must not be folded"};
    const auto colon = line->find(':');
    if (colon == std::string_view::npos || !IsToken(line->substr(0, colon))) {
      return HeadError{400, "a header field has a malformed name"};
    }
    const std::string_view value = Trim(line->substr(colon + 1));
    if (!IsFieldValue(value)) return HeadError{400, "a header field holds a control character"};
    out->request.headers.Add(line->substr(0, colon), value);
  }
  if (!text.empty()) return HeadError{400, "the head is malformed"};
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
  const auto request_line = TakeLine(head);
  if (!request_line) return HeadError{400, "the request line is not ended by CR LF"};
  if (auto error = ParseRequestLine(*request_line, limits, out)) return error;
  if (limits.max_header_bytes != 0 && head.size() > limits.max_header_bytes) {
    return HeadError{
        431, fmt::format("the header fields are longer than {} bytes", limits.max_header_bytes)};
  }
  if (auto error = ParseFields(head, limits, out)) return error;
  const std::size_t hosts = out->request.headers.Count("Host");
  if (hosts > 1 || (hosts == 0 && out->request.http_minor >= 1)) {
    return HeadError{400, "there must be exactly one Host field"};
  }
  if (auto error = ReadFraming(out)) return error;
  const Metadata& headers = out->request.headers;
  out->keep_alive = !HasToken(headers, "Connection", "close") &&
                    (out->request.http_minor >= 1 || HasToken(headers, "Connection", "keep-alive"));
  out->expect_continue =
      out->request.http_minor >= 1 && HasToken(headers, "Expect", "100-continue");
  return std::nullopt;
}

}  // namespace kratos::http
