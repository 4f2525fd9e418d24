#include "request/parse_request.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace kratos::plugin {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::SourceCodeInfo;
using google::protobuf::compiler::CodeGeneratorRequest;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

CodedInputStream Reader(std::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

std::uint32_t Tag(int field, WireFormatLite::WireType type) {
  return WireFormatLite::MakeTag(field, type);
}

void AppendMessage(int field, std::string_view message, std::string* out) {
  std::uint8_t head[2 * 5];  // Two varints of 32 bits.
  std::uint8_t* end = CodedOutputStream::WriteVarint32ToArray(
      Tag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED), head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(message.size()), end);
  out->append(reinterpret_cast<const char*>(head), static_cast<std::size_t>(end - head));
  out->append(message);
}

/// The content of the field at which `in`, which reads `message`, stands.
bool ReadBytes(std::string_view message, CodedInputStream* in, std::string_view* content) {
  int size = 0;
  if (!in->ReadVarintSizeAsInt(&size)) return false;
  const auto begin = static_cast<std::size_t>(in->CurrentPosition());
  *content = message.substr(begin, static_cast<std::size_t>(size));
  return in->Skip(size);
}

/// Copies `message`, except that `copy` makes of each message in `field` what it likes. False when
/// `message` is malformed, or `copy` says so.
template <class Copy>
bool CopyFields(std::string_view message, int field, std::string* out, const Copy& copy) {
  CodedInputStream in = Reader(message);
  while (true) {
    const auto begin = static_cast<std::size_t>(in.CurrentPosition());
    const std::uint32_t tag = in.ReadTag();
    if (tag == 0) return in.ConsumedEntireMessage();
    if (tag == Tag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      std::string_view content;
      if (!ReadBytes(message, &in, &content) || !copy(content, out)) return false;
    } else {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      const auto end = static_cast<std::size_t>(in.CurrentPosition());
      out->append(message.substr(begin, end - begin));
    }
  }
}

/// Whether each number ends, within the ten bytes that one can have.
bool ArePackedNumbers(std::string_view bytes) {
  int unended = 0;
  for (const char c : bytes) {
    unended = (c & 0x80) != 0 ? unended + 1 : 0;
    if (unended == 10) return false;
  }
  return unended == 0;
}

/// Copies a SourceCodeInfo.Location when its path begins with one of `located`.
bool CopyLocation(std::string_view location, const std::set<int>& located, std::string* out) {
  using Location = SourceCodeInfo::Location;
  constexpr auto kPacked = WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
  std::optional<std::uint32_t> root;
  CodedInputStream in = Reader(location);
  while (const std::uint32_t tag = in.ReadTag()) {
    const bool path = tag == Tag(Location::kPathFieldNumber, kPacked);
    if (path || tag == Tag(Location::kSpanFieldNumber, kPacked)) {
      std::string_view numbers;
      if (!ReadBytes(location, &in, &numbers) || !ArePackedNumbers(numbers)) return false;
      if (!path || root || numbers.empty()) continue;
      if (!Reader(numbers).ReadVarint32(&root.emplace())) return false;
    } else if (!root && tag == Tag(Location::kPathFieldNumber, WireFormatLite::WIRETYPE_VARINT)) {
      if (!in.ReadVarint32(&root.emplace())) return false;
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return false;
    }
  }
  if (root && located.count(static_cast<int>(*root)) > 0) {
    AppendMessage(SourceCodeInfo::kLocationFieldNumber, location, out);
  }
  return in.ConsumedEntireMessage();
}

bool CopySourceInfo(std::string_view info, const std::set<int>& located, std::string* out) {
  std::string kept;
  const bool ok = CopyFields(info, SourceCodeInfo::kLocationFieldNumber, &kept,
                             [&](std::string_view location, std::string* to) {
                               return CopyLocation(location, located, to);
                             });
  AppendMessage(FileDescriptorProto::kSourceCodeInfoFieldNumber, kept, out);
  return ok;
}

bool CopyFile(std::string_view file, const std::set<int>& located, std::string* out) {
  std::string kept;
  const bool ok = CopyFields(
      file, FileDescriptorProto::kSourceCodeInfoFieldNumber, &kept,
      [&](std::string_view info, std::string* to) { return CopySourceInfo(info, located, to); });
  AppendMessage(CodeGeneratorRequest::kProtoFileFieldNumber, kept, out);
  return ok;
}

/// Leaves every extension among the unknown fields.
bool ParseWithoutExtensions(std::string_view bytes, CodeGeneratorRequest* request) {
  const google::protobuf::DescriptorPool nothing;
  CodedInputStream in = Reader(bytes);
  in.SetExtensionRegistry(&nothing, google::protobuf::MessageFactory::generated_factory());
  return request->ParseFromCodedStream(&in) && in.ConsumedEntireMessage();
}

}  // namespace

bool ParseRequest(std::string_view bytes, const std::set<int>& located,
                  CodeGeneratorRequest* request) {
  if (bytes.size() > std::numeric_limits<int>::max()) return false;
  std::string kept;
  return CopyFields(
             bytes, CodeGeneratorRequest::kProtoFileFieldNumber, &kept,
             [&](std::string_view file, std::string* to) { return CopyFile(file, located, to); }) &&
         (request->ParseFromString(kept) || ParseWithoutExtensions(kept, request));
}

}  // namespace kratos::plugin
