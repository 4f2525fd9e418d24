// Cross-origin resource sharing: which web pages may call this server (Fetch standard, 3.2).
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// Options of Cors. A value type.
struct CorsOptions {
  /// Who may call: "https://app.example.com", with its port unless that is the scheme's own;
  /// "https://*.example.com" for all its subdomains of any depth, not itself; "null"; "*" for
  /// everybody. Compared without case. Default: nobody.
  std::vector<std::string> origins{};
  /// Asked for origins that are not in the list. Must be thread-safe and not throw.
  std::function<bool(std::string_view origin)> allow_origin{};
  /// Methods a page may use. Default: those of google.api.http.
  std::vector<std::string> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  /// Request fields a page may set. Empty (the default): whatever it asks for.
  std::vector<std::string> headers{};
  /// Reply fields a page may read beside the few that it always may. "*" is all of them, unless
  /// there are credentials. Default: none.
  std::vector<std::string> exposed_headers{};
  /// Pages may send cookies and client certificates. Not together with the origin "*": any page
  /// could then act as the user. Default: off.
  bool credentials = false;
  /// How long a browser may remember a preflight (some have a limit of their own, of minutes to a
  /// day). Zero: not at all. Default 10 min.
  std::chrono::seconds max_age{600};
  /// Pages of public sites may call this server in a private network. Default: off.
  bool private_network = false;
};

/// A filter for ServerOptions::filters; put it first, so that what other filters answer can be read
/// by pages too. As a filter of one group it misses preflights.
///
/// A preflight (OPTIONS with Origin and Access-Control-Request-Method) is answered here, with 204
/// and without asking routes, middleware or handlers: also for a path that has no route, so that
/// the page gets to see the 404. From an origin that is not allowed it is 403 ORIGIN_NOT_ALLOWED. A
/// method or field that is not allowed still gives 204: browsers then name it in their message.
///
/// Other requests are served whoever asks, for CORS protects users and not servers; the reply,
/// error or not, tells the browser whether the page may read it. Only a request that cannot be read
/// at all (malformed, too large) is answered without filters.
///
/// Fails with 500 BAD_OPTIONS and one sentence for an origin that no browser sends ("example.com",
/// "https://a.example/"), a name that is no token, a negative max_age, and "*" with credentials.
kratos::Result<Filter> Cors(CorsOptions options);

}  // namespace kratos::http
