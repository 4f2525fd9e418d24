list(APPEND KRATOS_HTTP_CLIENT_SOURCES
  http/client.cc
  http/client_binding.cc
  http/client_connection.cc
  http/client_connection_pool.cc
  http/client_endpoint.cc
  http/client_error.cc
  http/client_exchange.cc
  http/client_headers.cc
  http/client_lookup.cc
  http/client_reply.cc
  http/client_tls.cc
  http/client_watchdog.cc)
