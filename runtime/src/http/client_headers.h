// The header fields of an outgoing call.
#pragma once

#include <string>
#include <string_view>

#include "kratos/errors/status.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// The request's fields in their first form, as middleware sees them.
struct BaseFields {
  std::string accept;
  /// Empty: the request has no body.
  std::string content_type;
  std::string user_agent;
};
Metadata MakeHeaders(const BaseFields& base, const Metadata& extra);

/// Drops what describes the connection and the framing, which the client decides, and refuses names
/// and values that cannot stand in a header: 400 CODEC naming the field, never the value. Adds what
/// is always sent.
Status FinishHeaders(Metadata* headers, std::string_view user_agent);

/// Sent when ClientOptions::user_agent is empty.
inline constexpr std::string_view kDefaultUserAgent = "kratos-cpp";

}  // namespace kratos::http
