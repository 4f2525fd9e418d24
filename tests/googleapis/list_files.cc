// Prints the names of the files in a descriptor set, one a line.
#include <google/protobuf/descriptor.pb.h>

#include <cstdio>
#include <fstream>

int main(int argc, char** argv) {
  google::protobuf::FileDescriptorSet files;
  std::ifstream in(argc > 1 ? argv[1] : "", std::ios::binary);
  if (!files.ParseFromIstream(&in)) return 1;
  for (const auto& file : files.file()) std::printf("%s\n", file.name().c_str());
  return 0;
}
