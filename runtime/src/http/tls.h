// TLS of the server, on OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "kratos/errors/status.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// A context with the certificate, key and client authorities of `options`; TLS 1.2 or newer. Fails
/// naming the file or text that is not usable.
Result<std::shared_ptr<SSL_CTX>> MakeServerTls(const TlsOptions& options);

}  // namespace kratos::http
