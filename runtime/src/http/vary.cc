#include "http/vary.h"

#include <string>

#include "http/list_field.h"

namespace kratos::http {

void AddVary(std::string_view name, Metadata* reply_headers) {
  std::string all;
  bool said = false;
  ForEachElement(*reply_headers, "Vary", [&](std::string_view element) {
    said = said || element == "*" || EqualsIgnoreCase(element, name);
    all.append(all.empty() ? "" : ", ").append(element);
  });
  if (said) return;
  reply_headers->Set("Vary", all.append(all.empty() ? "" : ", ").append(name));
}

}  // namespace kratos::http
