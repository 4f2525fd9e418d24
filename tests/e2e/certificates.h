// Certificates made on the spot: an authority, and what it has signed for 127.0.0.1 and for a
// client.
#pragma once

#include <string>
#include <vector>

#include "harness.h"
#include "kratos/transport/tls.h"

namespace e2e {

class Certificates {
 public:
  Certificates();
  /// "ca.pem", "server.pem", "server.key", "client.pem", "client.key".
  std::string Path(const std::string& name) const { return dir_.Path(name); }
  /// The server's pair.
  kratos::transport::TlsOptions Server() const;

 private:
  void Sign(const std::string& name, const std::string& extensions);
  TempDir dir_;
};

/// One set for all tests of a program, since keys are slow to make.
const Certificates& Certs();

}  // namespace e2e
