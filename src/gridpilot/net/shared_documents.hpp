#pragma once

#include <optional>
#include <string>

#include "gridpilot/net/document_cache.hpp"

namespace gridpilot::net {

/// Documents that several processes share, so that a source is asked once for all of them. Never in the way: whoever
/// asks is answered within some milliseconds, with nothing where the place is absent, slow or talks nonsense.
class SharedDocuments {
 public:
  virtual ~SharedDocuments() = default;
  /// What another process kept. Cancelling ends it (operation_aborted).
  [[nodiscard]] virtual Awaitable<std::optional<StoredDocument>> find(std::string source, std::string key) = 0;
  /// Offers a document to the others for so long; returns at once, and nobody learns whether it arrived.
  virtual void keep(const std::string& source, const std::string& key, const StoredDocument& stored,
                    Seconds for_so_long) = 0;
};

}  // namespace gridpilot::net
