#include "google/api/httpbody.pb.h"
#include "kratos/http/context.h"

namespace kratos::http {

std::string BodyContentType(const google::api::HttpBody& body) {
  return body.content_type().empty() ? "application/octet-stream"
                                     : std::string(body.content_type());
}

}  // namespace kratos::http
