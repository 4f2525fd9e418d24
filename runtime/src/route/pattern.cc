#include "route/pattern.h"

#include "kratos/route/percent.h"

namespace kratos::route {

std::string DecodeLiteral(std::string_view literal) {
  std::string decoded;
  // Cannot fail: the parser refuses broken escapes.
  DecodeSegment(literal, &decoded);
  return decoded;
}

Pattern MakePattern(const PathTemplate& path_template) {
  Pattern pattern;
  pattern.verb = DecodeLiteral(path_template.verb());
  for (const Segment& segment : path_template.segments()) {
    if (segment.kind == Segment::Kind::kMultiWildcard) {
      pattern.multi = true;
    } else {
      (pattern.multi ? pattern.suffix : pattern.prefix).push_back({DecodeLiteral(segment.literal)});
    }
  }
  return pattern;
}

}  // namespace kratos::route
