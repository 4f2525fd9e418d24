// TLS of server and client, as gRPC takes it.
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>

#include "kratos/errors/status.h"
#include "kratos/transport/tls.h"

namespace kratos::grpc {

/// Plain text without options. Fails naming the file or text that is not usable: gRPC itself would
/// only say that it cannot listen.
Result<std::shared_ptr<::grpc::ServerCredentials>> MakeServerCredentials(
    const std::optional<transport::TlsOptions>& tls);

Result<std::shared_ptr<::grpc::ChannelCredentials>> MakeClientCredentials(
    const transport::ClientTlsOptions& tls);

}  // namespace kratos::grpc
