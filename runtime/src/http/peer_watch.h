// Notices clients that hang up while their call runs.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

namespace kratos::http {

/// Looks at the sockets of running calls a few times a second; a call whose peer has closed is told
/// through its stop_source. One thread however many calls; it rests while there are none.
class PeerWatch {
 public:
  PeerWatch();
  ~PeerWatch();

  class Watched {
   public:
    /// `source` is stopped when the peer of `socket` has closed.
    Watched(PeerWatch& watch, int socket, std::stop_source source);
    ~Watched();
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    friend class PeerWatch;
    struct Entry {
      int socket;
      std::stop_source source;
    };
    PeerWatch& watch_;
    std::list<Entry>::iterator entry_;
  };

  /// Tells every running call, as if all peers had gone.
  void CancelAll();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watched::Entry> entries_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace kratos::http
