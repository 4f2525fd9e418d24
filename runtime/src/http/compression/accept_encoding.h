// The choice of a reply's content coding (RFC 9110, 12.5.3).
#pragma once

#include <vector>

#include "http/compression/coding.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

struct CodingChoice {
  /// The best of those offered that the client accepts; identity when it accepts none or likes that
  /// better.
  Coding coding = Coding::kIdentity;
  /// The client does not want the bytes as they are.
  bool identity_refused = false;
};

/// Chooses by the Accept-Encoding fields of a request: the highest q first, then the order of
/// `offered`. identity comes last unless it is named with a higher q. Without a field the choice is
/// identity, though the RFC would allow any: old clients mean that. Malformed elements are skipped.
CodingChoice ChooseCoding(const Metadata& request_header, const std::vector<Coding>& offered);

}  // namespace kratos::http
