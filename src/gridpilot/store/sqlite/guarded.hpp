#pragma once

#include <mutex>
#include <utility>

namespace gridpilot::store {

/// Data that can only be reached through its lock.
template <class T>
class Guarded {
 public:
  class Locked {
   public:
    explicit Locked(Guarded& guarded) : lock_(guarded.mutex_), value_(&guarded.value_) {}
    [[nodiscard]] T& operator*() { return *value_; }
    [[nodiscard]] T* operator->() { return value_; }
    /// For condition variables.
    [[nodiscard]] std::unique_lock<std::mutex>& mutex_lock() { return lock_; }

   private:
    std::unique_lock<std::mutex> lock_;
    T* value_;
  };

  [[nodiscard]] Locked lock() { return Locked(*this); }

 private:
  std::mutex mutex_;
  T value_{};
};

}  // namespace gridpilot::store
