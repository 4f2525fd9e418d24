#include <string>

#include "model/model.h"
#include "support/catch.h"

namespace kratos::plugin::errors {
namespace {

TEST_CASE("camel case: as protoc-gen-go-errors has it") {
  const struct {
    const char* name;
    const char* camel;
  } kRows[] = {
      {"SYSTEM_ERROR", "SystemError"},
      {"systemError", "SystemError"},
      {"UNKNOWN", "Unknown"},
      {"System_ERROR", "SystemError"},
      {"user_not_found", "UserNotFound"},
      {"A", "A"},
      {"HTTP2_goAway", "Http2GoAway"},
      {"__A__B", "AB"},
      {"X1_2Y", "X12y"},
      {"_", ""},
  };
  for (const auto& [name, camel] : kRows) {
    CAPTURE(name);
    CHECK(CamelCase(name) == camel);
  }
}

}  // namespace
}  // namespace kratos::plugin::errors
