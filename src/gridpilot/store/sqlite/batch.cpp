#include "gridpilot/store/sqlite/batch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gridpilot::store {
namespace {

template <class Row>
void move_behind(std::vector<Row>& rows, std::vector<Row>& later) {
  if (rows.empty())
    rows.swap(later);
  else
    rows.insert(rows.end(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
  later.clear();
}

template <class Row>
std::size_t drop_oldest(std::vector<Row>& rows, std::size_t limit) {
  if (rows.size() <= limit) return 0;
  const std::size_t excess = rows.size() - limit;
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(excess));
  return excess;
}

void tell(auto& deliver, auto answer) {
  if (deliver) std::exchange(deliver, nullptr)(std::move(answer));
}

void tell_all(auto& awaited, const Error& why) {
  for (auto& a : awaited) tell(a.done, std::unexpected(why));
}

template <class Row>
std::size_t drop_oldest_awaited(std::vector<Row>& rows, std::size_t limit) {
  if (rows.size() > limit)
    for (std::size_t i = 0; i < rows.size() - limit; ++i)
      tell(rows[i].done, failure(ErrorCode::too_large, "the record's buffer is full; its oldest rows are dropped"));
  return drop_oldest(rows, limit);
}

void tell_each(auto& awaited, auto& answers) {
  for (std::size_t i = 0; i < awaited.size(); ++i) tell(awaited[i].done, std::move(answers[i]));
}

/// The schema's word against this row; anything else is about the disk and ends the transaction.
bool is_refusal(const Error& error) {
  return error.code == ErrorCode::bug || error.code == ErrorCode::not_found;
}

}  // namespace

bool Batch::urgent() const {
  return durable() || !prices.empty() || !committed.empty() || !synced.empty();
}

void Batch::append(Batch& later) {
  move_behind(readings, later.readings);
  move_behind(energies, later.energies);
  move_behind(plans, later.plans);
  move_behind(forecasts, later.forecasts);
  move_behind(scores, later.scores);
  if (later.forget_forecasts_before) forget_forecasts_before = std::exchange(later.forget_forecasts_before, {});
  move_behind(prices, later.prices);
  move_behind(decisions, later.decisions);
  move_behind(judgements, later.judgements);
  move_behind(commands, later.commands);
  move_behind(committed, later.committed);
  move_behind(synced, later.synced);
}

std::size_t Batch::limit_to(std::size_t limit) {
  return drop_oldest(readings, limit) + drop_oldest(energies, limit) + drop_oldest(plans, limit) +
         drop_oldest(forecasts, limit) + drop_oldest(scores, limit) + drop_oldest_awaited(prices, limit) +
         drop_oldest_awaited(decisions, limit) + drop_oldest_awaited(judgements, limit) +
         drop_oldest_awaited(commands, limit);
}

Result<void> Batch::note(Result<void> written) {
  if (written || !is_refusal(written.error())) return written;
  refused = std::move(written.error());
  return {};
}

Result<void> Batch::write(Database& database, Inserts& inserts) {
  decision_ids_.clear();
  judgement_answers_.clear();
  command_answers_.clear();
  price_answers_.clear();
  refused.reset();
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return std::move(transaction).failed();
  if (Result<void> written = write_rows(database, inserts); !written) return written;
  return transaction->commit();
}

Result<void> Batch::write_rows(Database& database, Inserts& inserts) {
  for (const Reading& row : readings)
    if (Result<void> done = note(inserts.reading(row)); !done) return done;
  for (const SlotEnergy& row : energies)
    if (Result<void> done = note(inserts.slot_energy(row)); !done) return done;
  for (const PackedPlan& row : plans)
    if (Result<void> done = note(inserts.plan(row)); !done) return done;
  for (const PackedForecast& row : forecasts)
    if (Result<void> done = note(inserts.forecast(row)); !done) return done;
  for (const DailyScore& row : scores)
    if (Result<void> done = note(inserts.score(row)); !done) return done;
  if (forget_forecasts_before)
    if (Result<void> done = inserts.forget_forecasts_before(*forget_forecasts_before); !done) return done;
  for (const auto& [document, _] : prices) {
    Result<void>& answer = price_answers_.emplace_back();
    for (const MarketPrice& price : document.prices) {
      Result<void> done = inserts.price(document.series, price);
      if (!done && !is_refusal(done.error())) return done;
      if (!done) answer = std::move(done);
    }
  }
  for (const auto& [row, _] : decisions) {
    decision_ids_.push_back(inserts.decision(database, row));
    if (const auto& id = decision_ids_.back(); !id && !is_refusal(id.error())) return id.failed();
  }
  for (const auto& [row, _] : judgements) {
    judgement_answers_.push_back(inserts.verdict(row.decision_id, row.verdict));
    if (const auto& done = judgement_answers_.back(); !done && !is_refusal(done.error())) return done;
  }
  for (const auto& [row, _] : commands) {
    command_answers_.push_back(inserts.command(row));
    if (const auto& done = command_answers_.back(); !done && !is_refusal(done.error())) return done;
  }
  return {};
}

void Batch::succeed(const Result<void>& on_disk) {
  tell_each(prices, price_answers_);
  tell_each(decisions, decision_ids_);
  tell_each(judgements, judgement_answers_);
  tell_each(commands, command_answers_);
  for (auto& waiting : committed) tell(waiting, Result<void>());
  for (auto& waiting : synced) tell(waiting, on_disk);
  readings.clear();
  energies.clear();
  plans.clear();
  forecasts.clear();
  scores.clear();
  forget_forecasts_before.reset();
  prices.clear();
  decisions.clear();
  judgements.clear();
  commands.clear();
  committed.clear();
  synced.clear();
}

void Batch::fail(const Error& why) {
  tell_all(prices, why);
  tell_all(decisions, why);
  tell_all(judgements, why);
  tell_all(commands, why);
  for (auto& waiting : committed) tell(waiting, Result<void>(std::unexpected(why)));
  for (auto& waiting : synced) tell(waiting, Result<void>(std::unexpected(why)));
  committed.clear();
  synced.clear();
}

}  // namespace gridpilot::store
