// Text of a path template to its parts; the grammar stands with PathTemplate.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/route/path_template.h"

namespace kratos::route {

struct TemplateParts {
  std::vector<Segment> segments;
  std::vector<Variable> variables;
  std::string verb;
};

/// Parses `text`; on failure fills `*error`, which must not be null.
std::optional<TemplateParts> ParseTemplate(std::string_view text, ParseError* error);

}  // namespace kratos::route
