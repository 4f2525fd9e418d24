#include "http/partial_reply.h"

#include <fmt/format.h>

#include "kratos/http/conditional.h"

namespace kratos::http {

namespace {

std::string ContentRange(const ByteRange& part, std::size_t size) {
  return fmt::format("bytes {}-{}/{}", part.first, part.first + part.length - 1, size);
}

}  // namespace

void MakePartial(const std::vector<ByteRange>& parts, Response* response) {
  std::string& body = response->body;
  response->status = 206;
  if (parts.size() == 1) {
    response->headers.Set("Content-Range", ContentRange(parts[0], body.size()));
    // In place: the body may be large.
    body.erase(parts[0].first + parts[0].length);
    body.erase(0, parts[0].first);
    return;
  }
  // No body holds its own hash.
  const std::string boundary = "part-" + StrongTag(body).value;
  const std::string type(response->headers.Get("Content-Type"));
  std::string all;
  for (const ByteRange& part : parts) {
    all += fmt::format("--{}\r\n", boundary);
    if (!type.empty()) all += fmt::format("Content-Type: {}\r\n", type);
    all += fmt::format("Content-Range: {}\r\n\r\n", ContentRange(part, body.size()));
    all.append(body, part.first, part.length).append("\r\n");
  }
  all += fmt::format("--{}--\r\n", boundary);
  body = std::move(all);
  response->headers.Set("Content-Type", "multipart/byteranges; boundary=" + boundary);
}

}  // namespace kratos::http
