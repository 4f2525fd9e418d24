// How a record becomes a line.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "kratos/log/handler.h"

namespace kratos::log {

using Replace = std::function<bool(std::span<const std::string> groups, Attribute& attribute)>;

/// The record as one line, line break included. `replace` may be empty.
std::string FormatText(const Record& record, bool add_source, const Replace& replace);
std::string FormatJson(const Record& record, bool add_source, const Replace& replace);

}  // namespace kratos::log
