list(APPEND KRATOS_HTTP_CLIENT_SOURCES
  http/client.cc
  http/client_binding.cc
  http/client_call.cc
  http/client_connection.cc
  http/client_connection_pool.cc
  http/client_endpoint.cc
  http/client_error.cc
  http/client_exchange.cc
  http/client_headers.cc
  http/client_lookup.cc
  http/client_redirect.cc
  http/client_reply.cc
  http/client_reply_body.cc
  http/client_tls.cc
  http/client_watchdog.cc
  http/client_wire_stream.cc
  http/event_splitter.cc
  http/json_splitter.cc)
if(KRATOS_WITH_BOOST)
  list(APPEND KRATOS_HTTP_CLIENT_SOURCES
    http/asio/client_io.cc
    http/asio/client_socket.cc
    http/asio/client_websocket.cc
    http/asio/http_stream.cc
    http/client_stream_call.cc
    http/client_stream_exchange.cc
    http/client_stream_reader.cc
    http/client_stream_socket.cc
    http/client_stream_upload.cc)
else()
  list(APPEND KRATOS_HTTP_CLIENT_SOURCES http/client_stream_none.cc)
endif()
