#include "http/reply_head.h"

#include <charconv>
#include <iterator>
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

void AppendNumber(std::size_t number, std::string* to) {
  char digits[std::numeric_limits<std::size_t>::digits10 + 1];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  to->append(digits, end);
}

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
  if (response.status == 200) {
    head->append("HTTP/1.1 200 OK\r\n");
  } else {
    head->append("HTTP/1.1 ");
    AppendNumber(static_cast<std::size_t>(response.status), head);
    head->append(" ").append(ReasonPhrase(response.status)).append("\r\n");
  }
  for (const auto& [name, value] : response.headers) {
    if (!IsFraming(name)) head->append(name).append(": ").append(value).append("\r\n");
  }
  if (!IsBodyless(response.status)) {
    if (framing == BodyFraming::kLength) {
      head->append("Content-Length: ");
      AppendNumber(response.body.size(), head);
      head->append("\r\n");
    }
    if (framing == BodyFraming::kChunked) head->append("Transfer-Encoding: chunked\r\n");
  }
  if (close) {
    head->append("Connection: close\r\n");
  } else if (request.request.http_minor == 0) {
    // What an HTTP/1.0 client that asked for it waits for.
    head->append("Connection: keep-alive\r\n");
  }
  head->append("\r\n");
}

}  // namespace kratos::http
