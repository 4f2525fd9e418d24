#include "kratos/http/message.h"

namespace kratos::http {

std::string_view Request::path() const {
  const std::string_view text = target;
  return text.substr(0, text.find('?'));
}

std::string_view Request::query() const {
  const std::string_view text = target;
  const auto mark = text.find('?');
  return mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
}

void Request::Clear() {
  method.clear();
  target.clear();
  http_minor = 1;
  headers.Clear();
  body.clear();
  trailers.Clear();
  peer.clear();
  tls = false;
}

void Response::Clear() {
  status = 200;
  headers.Clear();
  body.clear();
  trailers.Clear();
  committed = false;
  close = false;
}

}  // namespace kratos::http
