// Where Boost is missing: no streaming calls.
#include <string>

#include "http/client_stream_call.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

Result<std::unique_ptr<kratos::internal::ClientCall>> OpenStreamCall(
    StreamCallSetup setup, const google::protobuf::Message*) {
  return NotImplemented(kReasonUnimplemented,
                        std::string(setup.operation) +
                            ": this build of kratos has no streaming client, for want of Boost");
}

OpenedStream StreamExchanger::Open(CallGuard&, StreamWire, OutgoingCall&) { return {}; }

// Never made here.
struct HttpStream::Impl {};
struct ClientWebSocket::Impl {};
HttpStream::~HttpStream() = default;
ClientWebSocket::~ClientWebSocket() = default;

}  // namespace kratos::http
