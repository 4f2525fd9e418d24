#include "http/reply_head.h"

#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

namespace kratos::http {

const char* ReasonPhrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 205:
      return "Reset Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    case 511:
      return "Network Authentication Required";
    default:
      return "Unknown";
  }
}

bool IsBodyless(int status) { return status < 200 || status == 204 || status == 304; }

namespace {

// Writes into room that has been made before.
class Writer {
 public:
  explicit Writer(char* to) : to_(to) {}

  Writer& Text(std::string_view text) {
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
    return *this;
  }
  Writer& Number(std::size_t number) {
    to_ = std::to_chars(to_, to_ + kMostDigits, number).ptr;
    return *this;
  }
  const char* end() const { return to_; }

  static constexpr std::size_t kMostDigits = std::numeric_limits<std::size_t>::digits10 + 1;

 private:
  char* to_;
};

// Fields about framing are the engine's to write.
bool IsFraming(std::string_view name) {
  switch (name.size()) {
    case std::string_view("Connection").size():
      return EqualsIgnoreCase(name, "Connection");
    case std::string_view("Content-Length").size():
      return EqualsIgnoreCase(name, "Content-Length");
    case std::string_view("Transfer-Encoding").size():
      return EqualsIgnoreCase(name, "Transfer-Encoding");
    default:
      return false;
  }
}

}  // namespace

void AppendReplyHead(const RequestHead& request, const Response& response, BodyFraming framing,
                     bool close, std::string* head) {
  const std::string_view reason = ReasonPhrase(response.status);
  // More than all lines take that are not among the fields.
  std::size_t room = 128 + 2 * Writer::kMostDigits + reason.size();
  for (const auto& [name, value] : response.headers) room += name.size() + value.size() + 4;
  const std::size_t before = head->size();
  head->resize(before + room);
  Writer writer(head->data() + before);

  writer.Text("HTTP/1.1 ").Number(static_cast<std::size_t>(response.status));
  writer.Text(" ").Text(reason).Text("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (!IsFraming(name)) writer.Text(name).Text(": ").Text(value).Text("\r\n");
  }
  if (!IsBodyless(response.status)) {
    if (framing == BodyFraming::kLength)
      writer.Text("Content-Length: ").Number(response.body.size()).Text("\r\n");
    if (framing == BodyFraming::kChunked) writer.Text("Transfer-Encoding: chunked\r\n");
  }
  if (close) {
    writer.Text("Connection: close\r\n");
  } else if (request.request.http_minor == 0) {
    // What an HTTP/1.0 client that asked for it waits for.
    writer.Text("Connection: keep-alive\r\n");
  }
  writer.Text("\r\n");
  head->resize(static_cast<std::size_t>(writer.end() - head->data()));
}

}  // namespace kratos::http
