// The socket under TLS.
#pragma once

#include <openssl/bio.h>

namespace kratos::http {

/// As OpenSSL's own socket BIO, but writing to a peer that has gone is an error and never a
/// SIGPIPE, whatever the program does about signals. Does not own `socket`. Null when there is no
/// memory.
BIO* NewSocketBio(int socket);

}  // namespace kratos::http
