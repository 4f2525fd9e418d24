// Serves weather.v1.WeatherService on a free port and asks it with the generated client.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "weather/v1/weather.http.pb.h"

namespace {

class Weather final : public weather::v1::WeatherServiceServer {
 public:
  kratos::Status GetReport(kratos::Context&, const weather::v1::GetReportRequest& request,
                           weather::v1::GetReportResponse* reply) override {
    if (request.station() != "stations/brocken")
      return kratos::NotFound("STATION_MISSING", "no such station");
    reply->set_station(request.station());
    reply->set_celsius(-1.5);
    reply->add_remarks("fog");
    return {};
  }

  kratos::Status ExportReport(kratos::Context&, const weather::v1::ExportReportRequest& request,
                              google::api::HttpBody* reply) override {
    reply->set_content_type("text/csv");
    reply->set_data("station,celsius\n" + request.station() + ",-1.5\n");
    return {};
  }
};

bool Failed(const char* call, const kratos::Status& status) {
  if (status.ok()) return false;
  std::fprintf(stderr, "%s: %d %s\n", call, status.code(), status.message().c_str());
  return true;
}

bool Ask(int port) {
  auto connection = kratos::http::Client::Create({.endpoint = "127.0.0.1:" + std::to_string(port)});
  if (Failed("Create", connection.status())) return false;
  const weather::v1::WeatherServiceHttpClient client(*connection);

  kratos::Context ctx;
  weather::v1::GetReportRequest get;
  get.set_station("stations/brocken");
  weather::v1::GetReportResponse report;
  if (Failed("GetReport", client.GetReport(ctx, get, &report))) return false;
  std::printf("%s: %.1f C, %s\n", report.station().c_str(), report.celsius(),
              report.remarks(0).c_str());

  weather::v1::ExportReportRequest csv;
  csv.set_station("stations/brocken");
  google::api::HttpBody file;
  if (Failed("ExportReport", client.ExportReport(ctx, csv, &file))) return false;
  std::printf("%s:\n%s", file.content_type().c_str(), file.data().c_str());
  return true;
}

}  // namespace

int main() {
  kratos::http::Server server({.address = "127.0.0.1:0"});
  weather::v1::RegisterWeatherServiceHttpServer(server, std::make_shared<Weather>());
  if (const kratos::Status status = server.Listen(); Failed("Listen", status)) return 1;
  std::thread serving([&] { (void)server.Start(); });
  const bool good = Ask(server.port());
  (void)server.Stop(std::chrono::seconds(5));
  serving.join();
  return good ? 0 : 1;
}
