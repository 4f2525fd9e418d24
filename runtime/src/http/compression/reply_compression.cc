#include "http/compression/reply_compression.h"

#include "http/compression/options.h"
#include "http/compression/tag_marks.h"
#include "http/list_field.h"
#include "http/vary.h"

namespace kratos::http {

namespace {

constexpr char kField[] = "Accept-Encoding";

bool ForbidsTransform(const Metadata& headers) {
  bool forbidden = false;
  ForEachElement(headers, "Cache-Control", [&](std::string_view directive) {
    forbidden = forbidden || EqualsIgnoreCase(directive, "no-transform");
  });
  return forbidden;
}

// Fields that were computed from the bytes as they are (RFC 9530, RFC 3230).
bool HasDigest(const Metadata& headers) {
  for (const char* name : {"Content-Digest", "Repr-Digest", "Digest", "Content-MD5"}) {
    if (headers.Has(name)) return true;
  }
  return false;
}

}  // namespace

ReplyCompression::ReplyCompression(const CompressionOptions& options,
                                   const std::vector<Coding>& offered, Request* request)
    : options_(options) {
  if (!options_.replies) return;
  choice_ = ChooseCoding(request->headers, offered);
  constexpr std::string_view kConditions[] = {"If-None-Match", "If-Match"};
  for (const std::string_view name : kConditions) {
    if (!request->headers.Has(name)) continue;
    std::string all;
    for (const std::string_view value : request->headers.Values(name))
      all.append(all.empty() ? "" : ", ").append(value);
    const auto unmarked = UnmarkTags(all);
    if (!unmarked) continue;
    request->headers.Set(name, *unmarked);
    if (name == "If-None-Match") marked_ = std::move(all);
  }
}

bool ReplyCompression::Negotiable(const Response& response) const {
  if (!options_.replies || response.status < 200) return false;
  switch (response.status) {
    case 204:
    case 205:
    case 206:  // Part of the bytes as they are.
    case 304:
      return false;
    default:
      break;
  }
  if (response.headers.Has("Content-Encoding") || response.headers.Has("Content-Range") ||
      ForbidsTransform(response.headers) || HasDigest(response.headers)) {
    return false;
  }
  return ShouldCompress(options_, response.headers.Get("Content-Type")) || choice_.identity_refused;
}

void ReplyCompression::SetFields(Coding coding, Response* response) const {
  response->headers.Set("Content-Encoding", CodingName(coding));
  // Ranges are served of the bytes as they are only.
  response->headers.Remove("Accept-Ranges");
  if (const std::string* tag = response->headers.Find("ETag"))
    response->headers.Set("ETag", MarkTag(*tag, coding));
}

void ReplyCompression::Apply(Response* response) const {
  if (options_.replies && response->status == 304) {
    // As the reply that it stands for: RFC 9110, 15.4.5. Its coding is in the tag that the client
    // showed.
    AddVary(kField, &response->headers);
    const std::string* tag = response->headers.Find("ETag");
    if (tag == nullptr || marked_.empty()) return;
    for (const Coding coding : ReplyCodings()) {
      const std::string marked = MarkTag(*tag, coding);
      bool shown = false;
      ForEachElement(marked_,
                     [&](std::string_view element) { shown = shown || element == marked; });
      if (!shown || marked == *tag) continue;
      response->headers.Set("ETag", marked);
      return;
    }
    return;
  }
  const bool long_enough = response->body.size() >= options_.min_bytes;
  if (response->body.empty() || (!long_enough && !choice_.identity_refused)) return;
  if (!Negotiable(*response)) return;
  AddVary(kField, &response->headers);
  if (choice_.coding == Coding::kIdentity) return;
  const auto compressor = MakeCompressor(choice_.coding, options_.level, response->body.size());
  std::string coded;
  if (!compressor->Feed(response->body, &coded) || !compressor->Finish(&coded)) return;
  if (coded.size() >= response->body.size() && !choice_.identity_refused) return;
  response->body = std::move(coded);
  SetFields(choice_.coding, response);
}

std::unique_ptr<Compressor> ReplyCompression::Begin(Response* head) const {
  if (!Negotiable(*head)) return nullptr;
  AddVary(kField, &head->headers);
  if (choice_.coding == Coding::kIdentity) return nullptr;
  SetFields(choice_.coding, head);
  return MakeCompressor(choice_.coding, options_.level, 0);
}

}  // namespace kratos::http
