#include "testing/event_reader.h"

namespace kratos::testing::internal {

// The server ends lines with LF alone, and events with an empty line.
std::optional<EventReader::Event> EventReader::Next() {
  while (true) {
    const auto end = text_.find("\n\n");
    if (end == std::string::npos) return std::nullopt;
    std::string_view block = std::string_view(text_).substr(0, end + 1);
    Event event;
    bool has_data = false;
    while (!block.empty()) {
      std::string_view line = block.substr(0, block.find('\n'));
      block.remove_prefix(line.size() + 1);
      const std::string_view field = line.substr(0, line.find(':'));
      line.remove_prefix(field.size());
      if (line.starts_with(':')) line.remove_prefix(1);
      if (line.starts_with(' ')) line.remove_prefix(1);
      if (field == "event") event.name = line;
      if (field != "data") continue;
      if (has_data) event.data += '\n';
      event.data += line;
      has_data = true;
    }
    text_.erase(0, end + 2);
    if (has_data) return event;
  }
}

}  // namespace kratos::testing::internal
