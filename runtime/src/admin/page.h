// JSON as a page that people read.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace kratos::admin {

/// A document of its own: no script, nothing loaded. Objects become tables of two columns, lists of
/// objects tables with a head.
std::string RenderPage(std::string_view title, const rapidjson::Value& facts);

}  // namespace kratos::admin
