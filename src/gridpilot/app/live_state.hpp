#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/api/state.hpp"
#include "gridpilot/app/coordinator.hpp"
#include "gridpilot/app/knowledge.hpp"
#include "gridpilot/net/timeline.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::app {

/// What the API may ask, put together from those who know it. Everything it is given outlives it.
class LiveState final : public api::StateView {
 public:
  using DescribeSource = std::function<api::SourceState()>;

  struct Parts {
    const net::Timeline& timeline;
    const Coordinator& coordinator;
    const Knowledge& knowledge;
    const ports::RecordWriter& record;
  };
  LiveState(std::string mode, Parts parts) : mode_(std::move(mode)), parts_(parts) {}

  /// Another source that status lists after the inverter.
  void add_source(DescribeSource describe) { sources_.push_back(std::move(describe)); }
  /// A further reason why the program is not healthy, asked at every look; absent while all is well.
  void add_doubt(std::function<std::optional<std::string>()> doubt) { doubts_.push_back(std::move(doubt)); }
  /// What the configuration makes its owner aware of, a sentence each.
  void set_warnings(std::vector<std::string> warnings) { warnings_ = std::move(warnings); }
  /// Further warnings, asked for at every look.
  void add_warnings(std::function<std::vector<std::string>()> warnings) { warners_.push_back(std::move(warnings)); }
  /// While there is something people wait for.
  void set_progress(std::optional<api::Progress> progress) { progress_ = std::move(progress); }
  /// A failure to read the inverter, counted for status; the sentence of the last is shown until a reading succeeds.
  void count_inverter_failure(std::string detail);

  [[nodiscard]] const api::Snapshot& snapshot() const override;
  [[nodiscard]] std::vector<api::PricedSlot> prices(ports::TimeRange range) const override;

 private:
  [[nodiscard]] api::SourceState inverter_source(Instant now) const;
  [[nodiscard]] api::SourceState record_source(Instant now) const;
  [[nodiscard]] std::vector<std::string> reasons_not_healthy() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

  std::string mode_;
  Parts parts_;
  std::vector<DescribeSource> sources_;
  std::vector<std::function<std::optional<std::string>()>> doubts_;
  std::vector<std::string> warnings_;
  std::vector<std::function<std::vector<std::string>()>> warners_;
  std::optional<api::Progress> progress_;
  std::int64_t inverter_failures_ = 0;
  std::string inverter_detail_;
  mutable api::Snapshot snapshot_;  ///< kept between looks only to lend it out
};

}  // namespace gridpilot::app
