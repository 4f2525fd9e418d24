#include "kratos_grpc/status_details.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kratos/errors/errors.h"

namespace kratos::grpc {

namespace {

// An error's code, never OK: nothing stops a handler from making an error of 200.
GrpcCode ErrorCode(int code) {
  const GrpcCode grpc = GrpcCodeFromHttp(code);
  return grpc == GrpcCode::kOk ? GrpcCode::kUnknown : grpc;
}

std::string ReasonWithoutDetails(GrpcCode code) {
  switch (code) {
    case GrpcCode::kCancelled:
      return kReasonCanceled;
    case GrpcCode::kDeadlineExceeded:
      return kReasonDeadlineExceeded;
    case GrpcCode::kUnimplemented:
      return kReasonUnimplemented;
    case GrpcCode::kUnavailable:
      return kReasonUnavailable;
    default:
      return "";
  }
}

std::optional<google::rpc::ErrorInfo> FindErrorInfo(const std::string& details) {
  google::rpc::Status status;
  if (details.empty() || !status.ParseFromString(details)) return std::nullopt;
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) return info;
  }
  return std::nullopt;
}

// Takes the code that kCodeKey tells.
std::optional<int> TakeCode(std::map<std::string, std::string>* metadata) {
  const auto found = metadata->find(kCodeKey);
  if (found == metadata->end()) return std::nullopt;
  const std::string& text = found->second;
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  metadata->erase(found);
  return code;
}

// At most `most` bytes, whole characters only.
std::string Cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

std::size_t SizeOf(const Error& error) {
  std::size_t size = error.reason().size();
  for (const auto& [key, value] : error.metadata()) size += key.size() + value.size();
  return size;
}

}  // namespace

::grpc::Status ToGrpc(const Status& status) {
  if (status.ok()) return ::grpc::Status::OK;
  const Error& error = status.error();
  const GrpcCode code = ErrorCode(error.code());
  // Peers refuse more metadata than some KiB (gRPC's default: 8), and the whole status with it.
  const std::string message = Cut(error.message(), kMostMessageBytes);
  google::rpc::ErrorInfo info;
  info.set_reason(Cut(error.reason(), kMostMessageBytes));
  if (SizeOf(error) <= kMostDetailBytes) {
    info.mutable_metadata()->insert(error.metadata().begin(), error.metadata().end());
  }
  if (HttpFromGrpcCode(code) != error.code()) {
    (*info.mutable_metadata())[kCodeKey] = std::to_string(error.code());
  }
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(message);
  details.add_details()->PackFrom(info);
  return ::grpc::Status(static_cast<::grpc::StatusCode>(code), message,
                        details.SerializeAsString());
}

Status FromGrpc(const ::grpc::Status& status) {
  if (status.ok()) return {};
  const auto code = static_cast<GrpcCode>(status.error_code());
  const auto info = FindErrorInfo(status.error_details());
  if (!info) {
    return Error(HttpFromGrpcCode(code), ReasonWithoutDetails(code), status.error_message());
  }
  std::map<std::string, std::string> metadata(info->metadata().begin(), info->metadata().end());
  const int http = TakeCode(&metadata).value_or(HttpFromGrpcCode(code));
  return Error(http, info->reason(), status.error_message()).WithMetadata(std::move(metadata));
}

}  // namespace kratos::grpc
