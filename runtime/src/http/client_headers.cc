#include "http/client_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "http/compression/coding.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

constexpr std::string_view kOwnFields[] = {"Content-Length",
                                           "Transfer-Encoding",
                                           "Connection",
                                           "Keep-Alive",
                                           "Proxy-Connection",
                                           "Upgrade",
                                           "TE",
                                           "Trailer",
                                           "Expect"};

// Every coding that is undone, but for deflate: servers disagree on what it means.
const std::string& WantedCodings() {
  static const std::string codings = [] {
    std::string list;
    for (const Coding coding : ReplyCodings())
      list.append(list.empty() ? "" : ", ").append(CodingName(coding));
    return list;
  }();
  return codings;
}

std::string Printable(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 64)) out += c > ' ' && c < 0x7f ? c : '?';
  return out;
}

}  // namespace

Metadata MakeHeaders(const BaseFields& base, const Metadata& extra) {
  Metadata headers;
  if (!base.accept.empty()) headers.Add("Accept", base.accept);
  if (!base.content_type.empty()) headers.Add("Content-Type", base.content_type);
  if (!base.user_agent.empty()) headers.Add("User-Agent", base.user_agent);
  for (const auto name : extra.Names()) headers.Remove(name);
  for (const auto& [name, value] : extra) headers.Add(name, value);
  return headers;
}

Status FinishHeaders(Metadata* headers, std::string_view user_agent) {
  for (const auto name : kOwnFields) headers->Remove(name);
  for (const auto& [name, value] : *headers) {
    if (!IsToken(name)) {
      return BadRequest(kReasonCodec, fmt::format("\"{}\" cannot be the name of a header field",
                                                  Printable(name)));
    }
    if (!IsFieldValue(value)) {
      return BadRequest(kReasonCodec,
                        fmt::format("the header field {} holds a control character", name));
    }
  }
  // Left to itself httplib would send its own name, and */*.
  if (!headers->Has("User-Agent")) headers->Add("User-Agent", user_agent);
  if (!headers->Has("Accept")) headers->Add("Accept", "*/*");
  // With a coding, a range would be one of the coded bytes.
  if (!headers->Has("Accept-Encoding"))
    headers->Add("Accept-Encoding", headers->Has("Range") ? "identity" : WantedCodings());
  return {};
}

}  // namespace kratos::http
