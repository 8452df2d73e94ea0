#include "gridpilot/net/curl_loop.hpp"

#include <filesystem>
#include <utility>

namespace gridpilot::net {

/// A socket of curl's and what curl waits for on it. The descriptor only borrows the socket: curl closes it.
struct CurlLoop::Watch {
  Watch(const asio::any_io_executor& executor, curl_socket_t socket) : descriptor(executor, socket) {}
  ~Watch() { let_go(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  void let_go() {
    if (descriptor.is_open()) descriptor.release();
  }

  asio::posix::stream_descriptor descriptor;
  int wanted = CURL_POLL_NONE;
  bool reading = false;  ///< a wait for it is under way
  bool writing = false;
};

Result<std::shared_ptr<CurlLoop>> CurlLoop::create(const asio::any_io_executor& executor, OnEnded on_ended) {
  if (curl_global_init(CURL_GLOBAL_SSL) != CURLE_OK)
    return failure(ErrorCode::io_failure, "libcurl cannot be started in this process");
  const curl_version_info_data* const build = curl_version_info(CURLVERSION_NOW);
  if ((build->features & CURL_VERSION_ASYNCHDNS) == 0)
    return failure(ErrorCode::unsupported, "this libcurl resolves names on the calling thread");
  auto loop = std::shared_ptr<CurlLoop>(new CurlLoop(executor, on_ended));
  if (loop->multi_ == nullptr) return failure(ErrorCode::io_failure, "no memory for libcurl");
  return loop;
}

CurlLoop::CurlLoop(const asio::any_io_executor& executor, OnEnded on_ended)
    : executor_(executor), on_ended_(on_ended), multi_(curl_multi_init()), timer_(executor) {
  if (multi_ == nullptr) return;
  const auto socket_wanted = [](CURL*, curl_socket_t socket, int wanted, void* self, void*) {
    static_cast<CurlLoop*>(self)->on_socket(socket, wanted);
    return 0;
  };
  const auto timer_wanted = [](CURLM*, long timeout_ms, void* self) {
    static_cast<CurlLoop*>(self)->on_timer(timeout_ms);
    return 0;
  };
  using SocketWanted = int (*)(CURL*, curl_socket_t, int, void*, void*);
  using TimerWanted = int (*)(CURLM*, long, void*);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, static_cast<SocketWanted>(socket_wanted));
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, static_cast<TimerWanted>(timer_wanted));
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

CurlLoop::~CurlLoop() {
  close();
}

void CurlLoop::close() {
  stopped_ = true;
  timer_.cancel();
  if (multi_ != nullptr) curl_multi_cleanup(std::exchange(multi_, nullptr));
  for (auto& [socket, watch] : watches_) watch->let_go();
  watches_.clear();
}

void CurlLoop::on_socket(curl_socket_t socket, int wanted) {
  const auto found = watches_.find(socket);
  if (wanted == CURL_POLL_REMOVE) {
    // Before curl closes the socket; a pending wait ends as aborted.
    if (found == watches_.end()) return;
    found->second->wanted = CURL_POLL_NONE;
    found->second->let_go();
    watches_.erase(found);
    return;
  }
  if (stopped_) return;
  auto& watch = found != watches_.end() ? found->second : watches_[socket];
  if (!watch) watch = std::make_shared<Watch>(executor_, socket);
  watch->wanted = wanted;
  wait(watch);
}

void CurlLoop::wait(const std::shared_ptr<Watch>& watch) {
  using Descriptor = asio::posix::stream_descriptor;
  const auto wait_for = [&](Descriptor::wait_type what, int poll, int event, bool Watch::* pending) {
    if (stopped_ || (watch->wanted & poll) == 0 || (*watch).*pending) return;
    (*watch).*pending = true;
    watch->descriptor.async_wait(what, [self = weak_from_this(), watch, event, poll,
                                        pending](boost::system::error_code error) {
      (*watch).*pending = false;
      const auto loop = self.lock();
      // Curl may want something else by now, or nothing of this socket, whose number may be another socket's.
      if (!loop || loop->multi_ == nullptr || error == asio::error::operation_aborted || (watch->wanted & poll) == 0)
        return;
      loop->step(watch->descriptor.native_handle(), error ? CURL_CSELECT_ERR : event);
      if (watch->wanted != CURL_POLL_NONE) loop->wait(watch);
    });
  };
  wait_for(Descriptor::wait_read, CURL_POLL_IN, CURL_CSELECT_IN, &Watch::reading);
  wait_for(Descriptor::wait_write, CURL_POLL_OUT, CURL_CSELECT_OUT, &Watch::writing);
}

void CurlLoop::on_timer(long timeout_ms) {
  if (stopped_) return;
  if (timeout_ms < 0) {
    timer_.cancel();
    return;
  }
  // Also for 0: curl must not be called from inside its own call.
  timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  timer_.async_wait([self = weak_from_this()](boost::system::error_code error) {
    const auto loop = self.lock();
    if (error || !loop || loop->multi_ == nullptr) return;
    loop->step(CURL_SOCKET_TIMEOUT, 0);
  });
}

void CurlLoop::step(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
    if (message->msg == CURLMSG_DONE) on_ended_(message->easy_handle, message->data.result);
  }
}

std::string hashed_certificate_folder() {
  const std::filesystem::path folder = "/etc/ssl/certs";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    // "4042bcee.0": the hash of a subject's name, as `openssl rehash` makes it.
    const std::string name = entry.path().filename().string();
    const auto dot = name.find('.');
    if (dot == 8 && name.find_first_not_of("0123456789abcdef") == dot && name.substr(dot) == ".0")
      return folder.string();
  }
  return {};
}

}  // namespace gridpilot::net
