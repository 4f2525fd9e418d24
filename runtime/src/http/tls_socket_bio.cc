#include "http/tls_socket_bio.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace kratos::http {

namespace {

int SocketOf(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool MayRetry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int Write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const auto sent = send(SocketOf(bio), data, size, MSG_NOSIGNAL);
  if (sent <= 0) {
    if (MayRetry()) BIO_set_retry_write(bio);
    return 0;
  }
  *written = static_cast<std::size_t>(sent);
  return 1;
}

int Read(BIO* bio, char* data, std::size_t size, std::size_t* read) {
  BIO_clear_retry_flags(bio);
  const auto got = recv(SocketOf(bio), data, size, 0);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  if (got < 0 && MayRetry()) BIO_set_retry_read(bio);
  if (got <= 0) return 0;
  *read = static_cast<std::size_t>(got);
  return 1;
}

long Control(BIO* bio, int command, long, void* argument) {
  switch (command) {
    case BIO_C_GET_FD:
      if (argument != nullptr) *static_cast<int*>(argument) = SocketOf(bio);
      return SocketOf(bio);
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
      return 1;
    default:
      return 0;
  }
}

const BIO_METHOD* Method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kratos socket");
    if (made == nullptr) return made;
    BIO_meth_set_write_ex(made, Write);
    BIO_meth_set_read_ex(made, Read);
    BIO_meth_set_ctrl(made, Control);
    return made;
  }();
  return method;
}

}  // namespace

BIO* NewSocketBio(int socket) {
  BIO* bio = Method() == nullptr ? nullptr : BIO_new(Method());
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace kratos::http
