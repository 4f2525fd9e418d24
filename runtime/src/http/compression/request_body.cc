#include "http/compression/request_body.h"

#include "http/compression/content_decoder.h"

namespace kratos::http {

Status DecompressBody(std::size_t limit, Request* request) {
  if (request->body.empty() || !request->headers.Has("Content-Encoding")) return {};
  auto decoder = ContentDecoder::Create(request->headers, limit);
  if (!decoder.ok()) return decoder.status();
  if (*decoder != nullptr) {
    std::string plain;
    if (Status status = (*decoder)->Feed(request->body, &plain); !status.ok()) return status;
    if (Status status = (*decoder)->Finish(); !status.ok()) return status;
    request->body = std::move(plain);
  }
  request->headers.Remove("Content-Encoding");
  request->headers.Remove("Content-Length");
  return {};
}

}  // namespace kratos::http
