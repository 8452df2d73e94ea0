#include "gridpilot/planner/planner.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gridpilot/core/verify.hpp"
#include "gridpilot/planner/convex_cost.hpp"
#include "gridpilot/planner/piecewise_cost.hpp"
#include "gridpilot/planner/slot_curve.hpp"

namespace gridpilot::planner {
namespace {

/// Stored energy this near to a full or an empty battery, and an action this near to a kink, are meant to be there.
constexpr double snap_kwh = 1e-12;

/// More kinks than this a non-convex cost-to-go of real prices never has (hundreds are usual). Prices of 10^9 per kWh
/// beside usual ones make more of them at every slot, out of nothing but rounding; then they are thinned out, and the
/// lower bound says how far from the optimum the plan may be.
constexpr std::size_t most_kinks = 16'384;

constexpr double unbounded = std::numeric_limits<double>::infinity();

enum class Keep { policy, value_only };

/// The forward reach of the stored energy, slot by slot, until nothing is left of it.
std::size_t first_impossible_slot(const PlanningProblem& problem, const House& house) {
  double low = in_kilowatt_hours(problem.battery.initial);
  double high = low;
  for (std::size_t index = 0; index < problem.slots.size(); ++index) {
    const SlotCurve curve(SlotModel(house, problem.slots[index]));
    if (!curve.feasible) return index;
    low = std::max(low - curve.highest_y(), house.floor);
    high = std::min(high - curve.lowest_y(), house.capacity);
    if (low > high + slack_kwh) return index;
  }
  return problem.slots.size() - 1;  // missed by rounding: the last slot is where it shows
}

void fill_costs(const SlotModel& model, const SlotCurve& curve, double* costs) {
  for (int point = 0; point <= curve.pieces; ++point) costs[point] = model.cost_at(curve.x[point]);
}

}  // namespace

/// The backward pass leaves in it what the forward pass needs: of a convex step the targets of its pieces, of any other
/// the whole cost-to-go at the end of the slot.
struct Planner::Workspace {
  struct Record {
    std::uint32_t offset = 0;  ///< into targets or kinks
    std::uint32_t count = 0;
    bool convex = true;
    double first_slope = 0.0;  ///< of the cost-to-go at the end of the slot; convex steps only
    double last_slope = 0.0;
    double low = 0.0;  ///< ends of the cost-to-go; convex steps only
    double high = 0.0;
  };
  /// The slopes that the cost-to-go before a slot may have, told by the action alone: one where the action could be a
  /// little more or less, a range where it is held by a kink or a limit.
  struct Margin {
    double low = 0.0;
    double high = 0.0;
  };

  ConvexCost convex;
  PiecewiseCost general;
  PiecewiseCost after_first;
  StepScratch scratch;
  bool is_convex = true;  ///< which of the two holds the cost-to-go
  std::vector<Record> records;
  std::vector<double> targets;
  std::size_t used_targets = 0;
  std::vector<Kink> kinks;
  std::vector<Margin> margins;
  double moved = 0.0;  ///< by how much the cost-to-go may be off for having been thinned out

  [[nodiscard]] bool backward(const PlanningProblem& problem, const House& house, Keep keep);
  [[nodiscard]] bool step(std::size_t index, const SlotModel& model, const SlotCurve& curve, Keep keep);
  [[nodiscard]] std::optional<SolveFailure> solve_backward(const PlanningProblem& problem, const House& house,
                                                           Keep keep);
  void forward(const PlanningProblem& problem, const House& house, PlanningAnswer& answer);
  [[nodiscard]] double act(const Record& record, const SlotModel& model, const SlotCurve& curve, double& stored,
                           Margin& margin) const;
  void price_stored(const House& house, PlanningAnswer& answer);
  [[nodiscard]] double low() const { return is_convex ? convex.low() : general.low(); }
  [[nodiscard]] double high() const { return is_convex ? convex.high() : general.high(); }
  [[nodiscard]] PlanValue value_from(Energy initial) const {
    const double stored = in_kilowatt_hours(initial);
    const double cost = is_convex ? convex.cost_at(stored) : cost_at(general.kinks(), stored);
    const Slopes slopes = is_convex ? convex.slopes_at(stored) : slopes_at(general.kinks(), stored);
    return {.cost = currency(cost + 0.0), .value_of_initial = per_kilowatt_hour(-slopes.right + 0.0)};
  }
};

bool Planner::Workspace::step(std::size_t index, const SlotModel& model, const SlotCurve& curve, Keep keep) {
  double costs[SlotCurve::most_pieces + 1];
  if (is_convex && curve.convex) {
    double unused[SlotCurve::most_pieces];
    double* slot_targets = unused;
    if (keep == Keep::policy) {
      const std::size_t needed = used_targets + SlotCurve::most_pieces;
      if (targets.size() < needed) targets.resize(2 * needed);
      slot_targets = targets.data() + used_targets;
      records[index] = {.offset = static_cast<std::uint32_t>(used_targets),
                        .count = static_cast<std::uint32_t>(curve.pieces),
                        .convex = true,
                        .first_slope = convex.first_slope(),
                        .last_slope = convex.last_slope(),
                        .low = convex.low(),
                        .high = convex.high()};
      used_targets += static_cast<std::size_t>(curve.pieces);
    }
    return convex.step_back(curve, model.cost_at(curve.x[0]), model.house(), slot_targets);
  }
  if (is_convex) convex.copy_to(general);
  if (keep == Keep::policy) {
    records[index] = {.offset = static_cast<std::uint32_t>(kinks.size()),
                      .count = static_cast<std::uint32_t>(general.kinks().size()),
                      .convex = false};
    kinks.insert(kinks.end(), general.kinks().begin(), general.kinks().end());
  }
  fill_costs(model, curve, costs);
  if (!step_back(general, curve, costs, model.house(), scratch)) return false;
  if (general.kinks().size() > most_kinks) moved += general.thin_out(most_kinks / 2);
  is_convex = general.is_convex();
  if (is_convex) convex.assign(general);
  return true;
}

bool Planner::Workspace::backward(const PlanningProblem& problem, const House& house, Keep keep) {
  used_targets = 0;
  kinks.clear();
  moved = 0.0;
  records.resize(problem.slots.size());
  is_convex = true;
  convex.start(house.floor, house.capacity, -house.terminal_value);
  const auto keep_first = [&] {
    if (is_convex)
      convex.copy_to(after_first);
    else
      after_first = general;
  };
  for (std::size_t index = problem.slots.size(); index-- > 0;) {
    if (index == 0 && keep == Keep::policy) keep_first();
    const SlotModel model(house, problem.slots[index]);
    const SlotCurve curve(model);
    if (!curve.feasible || !step(index, model, curve, keep)) return false;
  }
  if (problem.slots.empty() && keep == Keep::policy) keep_first();
  return true;
}

std::optional<SolveFailure> Planner::Workspace::solve_backward(const PlanningProblem& problem, const House& house,
                                                               Keep keep) {
  const double initial = in_kilowatt_hours(problem.battery.initial);
  if (backward(problem, house, keep) && initial >= low() - slack_kwh && initial <= high() + slack_kwh)
    return std::nullopt;
  const std::size_t slot = first_impossible_slot(problem, house);
  return SolveFailure{.error = {.code = ErrorCode::infeasible,
                                .message = "no plan keeps the limits: slots[" + std::to_string(slot) +
                                           "] cannot be passed, its surplus may be neither exported nor curtailed, " +
                                           "and the battery cannot take it"},
                      .slot = slot};
}

/// The action of one slot; moves the stored energy on.
double Planner::Workspace::act(const Record& record, const SlotModel& model, const SlotCurve& curve, double& stored,
                               Margin& margin) const {
  const House& house = model.house();
  int point = -1;
  int piece = -1;
  double target = 0.0;
  if (record.convex) {
    // Going up in stored energy, the curve's points (the battery takes it) and its pieces (the action takes it)
    // alternate.
    const double* const slot_targets = targets.data() + record.offset;
    for (piece = 0; piece < curve.pieces; ++piece) {
      if (stored < slot_targets[piece] + curve.y[piece]) break;
      if (stored <= slot_targets[piece] + curve.y[piece + 1]) {
        target = slot_targets[piece];
        break;
      }
    }
    if (piece == curve.pieces || stored < slot_targets[piece] + curve.y[piece]) point = piece;
    if (point >= 0) target = stored - curve.y[point];
  } else {
    double costs[SlotCurve::most_pieces + 1];
    fill_costs(model, curve, costs);
    const BestAction best = best_action(std::span(kinks).subspan(record.offset, record.count), curve, costs, stored);
    target = best.target;
    point = best.point;
    piece = best.piece;
  }
  if (target < house.floor + snap_kwh) target = house.floor;
  if (target > house.capacity - snap_kwh) target = house.capacity;
  double x = 0.0;
  if (point < 0) {
    x = model.action_for(target - stored);
    if (x > curve.x[piece] - snap_kwh) point = piece;
    if (x < curve.x[piece + 1] + snap_kwh) point = piece + 1;
    margin = {.low = curve.slope[piece], .high = curve.slope[piece]};
  }
  if (point >= 0) {
    x = curve.x[point];
    margin = {.low = point > 0 && point != curve.jump_point ? curve.slope[point - 1] : -unbounded,
              .high = point < curve.pieces ? curve.slope[point] : unbounded};
  }
  stored = target;
  return x;
}

void Planner::Workspace::forward(const PlanningProblem& problem, const House& house, PlanningAnswer& answer) {
  double stored = std::clamp(in_kilowatt_hours(problem.battery.initial), low(), high());
  double cost = 0.0;
  answer.flows.resize(problem.slots.size());
  margins.resize(problem.slots.size());
  for (std::size_t index = 0; index < problem.slots.size(); ++index) {
    const SlotModel model(house, problem.slots[index]);
    const SlotCurve curve(model);
    const double x = act(records[index], model, curve, stored, margins[index]);
    const GridChoice choice = model.grid_at(x);
    cost += model.price_of(choice.grid) + house.wear * std::abs(model.stored_by(x));
    // Adding 0 turns -0 into 0.
    answer.flows[index] = {.ac = kilowatt_hours(x + 0.0),
                           .curtailed = kilowatt_hours(choice.curtailed + 0.0),
                           .grid_import = kilowatt_hours(std::max(choice.grid, 0.0) + 0.0),
                           .grid_export = kilowatt_hours(std::max(-choice.grid, 0.0) + 0.0),
                           .stored = kilowatt_hours(stored + 0.0),
                           .value_of_stored = {}};
  }
  answer.cost = currency(cost - house.terminal_value * stored + 0.0);
}

/// From the end: what a stored kWh is worth after a slot it is worth before it too, as far as the action there may
/// follow.
void Planner::Workspace::price_stored(const House& house, PlanningAnswer& answer) {
  double slope = -house.terminal_value;
  for (std::size_t index = answer.flows.size(); index-- > 0;) {
    const Record& record = records[index];
    const double stored = in_kilowatt_hours(answer.flows[index].stored);
    Slopes around{.left = record.first_slope, .right = record.last_slope};
    if (!record.convex) {
      around = slopes_at(std::span(kinks).subspan(record.offset, record.count), stored);
    } else if (stored >= record.high - slack_kwh) {
      // At an end there is one slope, which the action after it need not tell where it is held by the same end.
      around.left = record.last_slope;
    } else if (stored <= record.low + slack_kwh) {
      around.right = record.first_slope;
    }
    slope = std::clamp(slope, std::min(around.left, around.right), std::max(around.left, around.right));
    answer.flows[index].value_of_stored = per_kilowatt_hour(-slope + 0.0);
    const Margin& margin = margins[index];
    slope = std::clamp(slope, std::min(margin.low, margin.high), std::max(margin.low, margin.high));
  }
}

Planner::Planner() : workspace_(std::make_unique<Workspace>()) {}
Planner::Planner(Planner&&) noexcept = default;
Planner& Planner::operator=(Planner&&) noexcept = default;
Planner::~Planner() = default;

SolveResult<PlanningAnswer> Planner::solve(const PlanningProblem& problem) {
  PlanningAnswer answer;
  if (auto solved = solve_into(problem, answer); !solved) return std::unexpected(std::move(solved.error()));
  return answer;
}

SolveResult<void> Planner::solve_into(const PlanningProblem& problem, PlanningAnswer& answer) {
  if (auto checked = validate(problem); !checked)
    return std::unexpected(SolveFailure{.error = std::move(checked.error()), .slot = std::nullopt});
  const House house(problem);
  if (auto failed = workspace_->solve_backward(problem, house, Keep::policy))
    return std::unexpected(std::move(*failed));
  workspace_->forward(problem, house, answer);
  workspace_->price_stored(house, answer);
  const PlanValue value = workspace_->value_from(problem.battery.initial);
  // Both are the optimum, worked out in different order: rounding must not put the bound above the cost.
  answer.lower_bound = std::min(value.cost - currency(workspace_->moved), answer.cost);
  answer.value_of_initial = value.value_of_initial;
  answer.after_first_slot.points.clear();
  for (const Kink& kink : workspace_->after_first.kinks())
    answer.after_first_slot.points.push_back({.stored = kilowatt_hours(kink.stored), .cost = currency(kink.cost)});
  return {};
}

SolveResult<PlanValue> Planner::value(const PlanningProblem& problem) {
  if (auto checked = validate(problem); !checked)
    return std::unexpected(SolveFailure{.error = std::move(checked.error()), .slot = std::nullopt});
  const House house(problem);
  if (auto failed = workspace_->solve_backward(problem, house, Keep::value_only))
    return std::unexpected(std::move(*failed));
  return workspace_->value_from(problem.battery.initial);
}

}  // namespace gridpilot::planner
