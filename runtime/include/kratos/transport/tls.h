// Keys and certificates of servers and clients, the same for every transport.
#pragma once

#include <string>

namespace kratos::transport {

/// A server's. PEM files or text; either of each pair.
struct TlsOptions {
  std::string certificate_file{};
  std::string private_key_file{};
  std::string certificate_pem{};
  std::string private_key_pem{};
  /// With one of these set clients must show a certificate signed by one of them.
  std::string client_ca_file{};
  std::string client_ca_pem{};
};

/// A client's.
struct ClientTlsOptions {
  /// Trusted authorities; both empty: the system's.
  std::string ca_file{};
  std::string ca_pem{};
  /// For mutual TLS.
  std::string certificate_file{};
  std::string private_key_file{};
  /// Off only in tests: accepts any certificate. Default: on.
  bool verify = true;
};

}  // namespace kratos::transport
