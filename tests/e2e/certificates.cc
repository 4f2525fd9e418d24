#include "certificates.h"

#include "support/catch.h"

namespace e2e {

namespace {

void Openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  REQUIRE(Run(arguments) == 0);
}

}  // namespace

Certificates::Certificates() {
  Openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA",
           "-keyout", Path("ca.key"), "-out", Path("ca.pem")});
  Sign("server", dir_.Write("server.ext", "subjectAltName=IP:127.0.0.1,DNS:localhost\n"));
  Sign("client", dir_.Write("client.ext", "extendedKeyUsage=clientAuth\n"));
}

void Certificates::Sign(const std::string& name, const std::string& extensions) {
  Openssl({"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout",
           Path(name + ".key"), "-out", Path(name + ".csr")});
  Openssl({"x509", "-req", "-in", Path(name + ".csr"), "-CA", Path("ca.pem"), "-CAkey",
           Path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out",
           Path(name + ".pem")});
}

kratos::transport::TlsOptions Certificates::Server() const {
  kratos::transport::TlsOptions options;
  options.certificate_file = Path("server.pem");
  options.private_key_file = Path("server.key");
  return options;
}

const Certificates& Certs() {
  static const Certificates certificates;
  return certificates;
}

}  // namespace e2e
