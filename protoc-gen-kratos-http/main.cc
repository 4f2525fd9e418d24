#include <google/protobuf/descriptor.pb.h>

#include "generator.h"
#include "main/plugin_main.h"
#include "options.h"

int main(int argc, char** argv) {
  return kratos::plugin::PluginMain(
      argc, argv,
      {.flag = "kratos-http",
       .version = KRATOS_VERSION,
       .summary =
           "Reads google.api.http rules and writes FILE.http.pb.h and FILE.http.pb.cc: a server "
           "class, its\n"
           "HTTP routes and a typed HTTP client for each service.",
       .parameters = kratos::plugin::OptionsHelp(),
       .located = {google::protobuf::FileDescriptorProto::kServiceFieldNumber},
       .generate = [](const auto& request) {
         return kratos::plugin::Generate(request, kratos::plugin::ReadFile);
       }});
}
