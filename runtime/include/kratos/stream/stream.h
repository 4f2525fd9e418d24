// The streams of an rpc, as its service and its callers hold them; the same for every transport.
#pragma once

#include <memory>
#include <utility>

#include "kratos/errors/status.h"
#include "kratos/metadata/metadata.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace kratos {

namespace internal {

/// Takes the messages of a stream away; transports implement it.
class MessageWriter {
 public:
  virtual ~MessageWriter() = default;
  virtual Status Send(const google::protobuf::Message& message) = 0;
};

/// Brings the messages of a stream; transports implement it.
class MessageReader {
 public:
  virtual ~MessageReader() = default;
  virtual Result<bool> Recv(google::protobuf::Message* message) = 0;
};

/// The caller's end of a stream; transports implement it. Destruction gives the call up.
class ClientCall {
 public:
  virtual ~ClientCall() = default;
  virtual Status Send(const google::protobuf::Message& message) = 0;
  virtual Status CloseSend() = 0;
  virtual Result<bool> Recv(google::protobuf::Message* message) = 0;
  virtual void Cancel() = 0;
  virtual const Metadata& reply_header() const = 0;
};

/// A client-streaming call whose stream ended well but without its reply.
Status MissingReply();

}  // namespace internal

/// The replies of a streaming rpc on their way out; handed to the service method, and of no use
/// after its return. Send may be called while another thread or fiber is in Recv of the same call,
/// and from several at once: each message goes out whole.
template <class Reply>
class ServerStream {
 public:
  explicit ServerStream(internal::MessageWriter& writer) : writer_(writer) {}
  ServerStream(const ServerStream&) = delete;
  ServerStream& operator=(const ServerStream&) = delete;

  /// Sends one message. Waits while the peer is slow to read, with a bounded number of bytes on
  /// their way; a fiber that waits costs no thread. An error means that nothing more can be sent:
  /// 499 when the peer has gone or the call was cancelled, 503 when the server is stopping.
  Status Send(const Reply& reply) { return writer_.Send(reply); }

 private:
  internal::MessageWriter& writer_;
};

/// The requests of a streaming rpc on their way in; handed to the service method, and of no use
/// after its return. One Recv at a time.
template <class Request>
class ServerReader {
 public:
  explicit ServerReader(internal::MessageReader& reader) : reader_(reader) {}
  ServerReader(const ServerReader&) = delete;
  ServerReader& operator=(const ServerReader&) = delete;

  /// Waits for the next message and replaces `*request` by it: true. False when the peer has sent
  /// its last one. An error when the stream broke before that, or the message could not be read; a
  /// service returns it.
  Result<bool> Recv(Request* request) { return reader_.Recv(request); }

 private:
  internal::MessageReader& reader_;
};

/// The caller's end of a server-streaming rpc. Movable; destruction gives the call up. The context
/// of the call must outlive it. One thread at a time, except for Cancel.
template <class Reply>
class ClientReader {
 public:
  explicit ClientReader(std::unique_ptr<internal::ClientCall> call) : call_(std::move(call)) {}

  /// Waits for the next message and replaces `*reply` by it: true. False at the end of a stream
  /// that ended well; else the error the server sent, or why the stream broke.
  Result<bool> Recv(Reply* reply) { return call_->Recv(reply); }
  /// Gives the call up: a Recv that waits fails with 499. Thread-safe.
  void Cancel() { call_->Cancel(); }
  /// The reply's header fields.
  const Metadata& reply_header() const { return call_->reply_header(); }

 private:
  std::unique_ptr<internal::ClientCall> call_;
};

/// The caller's end of a client-streaming rpc. As ClientReader.
template <class Request, class Reply>
class ClientWriter {
 public:
  explicit ClientWriter(std::unique_ptr<internal::ClientCall> call) : call_(std::move(call)) {}

  /// Sends one message; waits while the peer is slow. After an error CloseAndRecv tells why the
  /// call failed.
  Status Send(const Request& request) { return call_->Send(request); }
  /// Says that this was the last message and waits for the reply.
  Status CloseAndRecv(Reply* reply) {
    if (Status status = call_->CloseSend(); !status.ok()) return status;
    Result<bool> received = call_->Recv(reply);
    return received.ok() && !*received ? internal::MissingReply() : received.status();
  }
  void Cancel() { call_->Cancel(); }
  const Metadata& reply_header() const { return call_->reply_header(); }

 private:
  std::unique_ptr<internal::ClientCall> call_;
};

/// The caller's end of a bidirectional rpc. As ClientReader; Send and CloseSend may run beside
/// Recv.
template <class Request, class Reply>
class ClientStream {
 public:
  explicit ClientStream(std::unique_ptr<internal::ClientCall> call) : call_(std::move(call)) {}

  Status Send(const Request& request) { return call_->Send(request); }
  /// Says that nothing more will be sent; Recv goes on.
  Status CloseSend() { return call_->CloseSend(); }
  Result<bool> Recv(Reply* reply) { return call_->Recv(reply); }
  void Cancel() { call_->Cancel(); }
  const Metadata& reply_header() const { return call_->reply_header(); }

 private:
  std::unique_ptr<internal::ClientCall> call_;
};

}  // namespace kratos
