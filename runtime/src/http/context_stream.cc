// Streams of http::Context: bodies in pieces, and the streaming kinds of rpcs.
#include <google/protobuf/message.h>

#include "http/call_state.h"
#include "http/negotiation.h"
#include "http/server_stream.h"
#include "http/stream_drain.h"
#include "http/upload_reader.h"
#include "http/websocket_call.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"

namespace kratos::http {

using google::protobuf::Message;

namespace {
constexpr std::size_t kDecodeSlice = 256;
}  // namespace

Status BodyWriter::Write(std::string_view bytes) { return stream_->Write(bytes); }

kratos::Result<bool> Context::ReadBody(std::string* part) {
  internal::CallState& state = state_;
  if (!std::exchange(state.decoder_made, true) && state.dispatcher.options().compression.requests) {
    // Without a limit, as the body itself.
    auto decoder = ContentDecoder::Create(state.request.headers, 0);
    if (!decoder.ok()) return state.RefuseBody(decoder.status());
    state.decoder = std::move(*decoder);
  }
  if (state.decoder == nullptr) return state.exchange->ReadBody(part);
  const std::size_t before = part->size();
  while (part->size() == before) {
    if (state.coded.empty()) {
      const kratos::Result<bool> more = state.exchange->ReadBody(&state.coded);
      if (!more.ok()) return more.status();
      if (!*more) {
        if (Status status = state.decoder->Finish(); !status.ok()) return status;
        return false;
      }
    }
    // A few bytes can become many.
    const std::string_view slice = std::string_view(state.coded).substr(0, kDecodeSlice);
    if (Status status = state.decoder->Feed(slice, part); !status.ok()) return status;
    state.coded.erase(0, slice.size());
  }
  return true;
}

kratos::Result<BodyWriter> Context::BlobStream(int code, std::string_view content_type) {
  if (state_.response.committed)
    return InternalServer("BAD_REPLY", "the call has been answered already");
  if (Status status = Blob(code, content_type, ""); !status.ok()) return status;
  state_.reply_stream.emplace(*this);
  return BodyWriter(*state_.reply_stream);
}

Status Context::Stream(int code, std::string_view content_type,
                       const std::function<kratos::Result<bool>(std::string* part)>& source) {
  auto writer = BlobStream(code, content_type);
  if (!writer.ok()) return writer.status();
  std::string part;
  while (true) {
    part.clear();
    const kratos::Result<bool> more = source(&part);
    if (!more.ok()) return more.status();
    if (Status status = writer->Write(part); !status.ok()) return status;
    if (!*more) return {};
  }
}

void Context::SetNextEvent(EventOptions event) { state_.next_event = std::move(event); }

Status Context::InvokeServerStream(Status bound, const Message& request, const Message& reply_type,
                                   StreamShape shape, int body_field, Target target, void* object) {
  set_bind_status(std::move(bound));
  mutable_transport().reply_stream = true;
  const bool raw = shape == StreamShape::kBlob && !AsksForEvents(state_.request.headers);
  Status status;
  state_.reply_stream.emplace(*this);
  ServerStreamWriter out(*this, *state_.reply_stream, raw, body_field);
  {
    // A download is a reply that was begun: it has the whole grace period.
    std::optional<StreamDrain> drain;
    if (!raw) drain.emplace(*this);
    state_.target = {target, object, {nullptr, &out}};
    status = state_.route->chain(*this, request, NewFrom(reply_type));
    if (drain && drain->over() && !status.ok()) status = StreamDrain::Stopping();
  }
  return out.Finish(std::move(status));
}

Status Context::InvokeClientStream(const Message& request_type, const Message& reply_type,
                                   Message* reply, int body_field, Target target, void* object) {
  mutable_transport().request_stream = true;
  mutable_transport().reply_stream = reply == nullptr;
  Message* base = NewFrom(request_type);
  Status bound = BindQuery(base);
  bound.Update(BindVars(base));
  Message* result = reply == nullptr ? NewFrom(reply_type) : reply;
  const RouteEntry& route = *state_.route;
  if (route.spec.stream == StreamKind::kUpload && !route.websocket) {
    bound.Update(OneContentType(state_.request.headers));
    set_bind_status(std::move(bound));
    UploadReader in(*this, *base, body_field);
    state_.target = {target, object, {&in, nullptr}};
    return state_.route->chain(*this, *base, result);
  }
  bound.Update(CheckWebSocketRequest(*this));
  set_bind_status(std::move(bound));
  WebSocketCall call(*this, *base, body_field, {target, object});
  state_.target = {&WebSocketCall::AcceptAndRun, &call, {}};
  Status status;
  {
    const StreamDrain drain(*this);
    status = state_.route->chain(*this, *base, result);
    if (drain.over() && !status.ok()) status = StreamDrain::Stopping();
  }
  return call.Finish(std::move(status), reply);
}

}  // namespace kratos::http
