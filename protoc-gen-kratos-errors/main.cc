#include <google/protobuf/descriptor.pb.h>

#include "generator.h"
#include "main/plugin_main.h"
#include "options.h"

int main(int argc, char** argv) {
  return kratos::plugin::PluginMain(
      argc, argv,
      {.flag = "kratos-errors",
       .version = KRATOS_VERSION,
       .summary = "Reads enums whose values have codes (errors.code, errors.default_code of\n"
                  "errors/errors.proto) and writes FILE.errors.pb.h and FILE.errors.pb.cc: for "
                  "each value a\n"
                  "function that makes the error and one that tells it.",
       .parameters = kratos::plugin::errors::OptionsHelp(),
       .located = {google::protobuf::FileDescriptorProto::kEnumTypeFieldNumber,
                   google::protobuf::FileDescriptorProto::kMessageTypeFieldNumber},
       .generate = kratos::plugin::errors::Generate});
}
