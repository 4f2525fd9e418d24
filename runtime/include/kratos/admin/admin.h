// Routes for whoever runs the program: health, readiness, metrics, and a page that shows what it
// is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kratos/health/registry.h"
#include "kratos/http/server.h"

namespace kratos::admin {

struct AdminOptions {
  /// 200 as long as the program answers at all. Empty: not served; so for the paths below.
  std::string health_path = "/healthz";
  /// 200 when the program is ready for work, else 503: when `health` says so and every server of
  /// `about` is ready. The body names each check and whether it passed; why one failed is in the
  /// log.
  std::string ready_path = "/readyz";
  /// The text of `metrics`.
  std::string metrics_path = "/metrics";
  /// What the program is and does: application, build, and for each server of `about` its routes,
  /// limits and counters. HTML for browsers, JSON for others, as Accept says. Not for strangers:
  /// see RegisterAdmin. Default: not served.
  std::string page_path{};

  /// Default: the server's own readiness alone.
  std::shared_ptr<health::Registry> health{};
  /// In Prometheus's text format, such as metrics::Registry::Text. Default: no metrics.
  std::function<std::string()> metrics{};
  /// The servers that are told of; they must outlive the one that tells. Default: that one itself.
  std::vector<const http::Server*> about{};
};

/// Adds the routes to `server`; call it before the server starts. Give metrics and page a server of
/// their own, on an address that only operators reach, and have it tell about the others.
void RegisterAdmin(http::Server& server, AdminOptions options = {});

}  // namespace kratos::admin
