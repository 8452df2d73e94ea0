#include "gridpilot/forecast/hourly_regression.hpp"

#include <cmath>

namespace gridpilot::forecast {
namespace {

// Per day: what is a year old counts 0.7 times as much as what is new.
constexpr double retained = 0.999;
constexpr double ridge = 3.0;
// An hour's evidence is shared evenly with the hour before and the hour after it.
constexpr double neighbour_share = 1.0 / 3.0;

constexpr std::size_t place(std::size_t row, std::size_t column) {
  return row * (row + 1) / 2 + column;
}

}  // namespace

HourlyRegression::HourlyRegression(const Features& prior_weights) : prior_(prior_weights) {
  Normal initial;
  for (std::size_t i = 0; i < feature_count; ++i) {
    initial.squares[place(i, i)] = ridge;
    initial.products[i] = ridge * prior_[i];
  }
  normals_.fill(initial);
  weights_.fill(prior_);
}

void HourlyRegression::learn_day(std::span<const Example> examples) {
  std::array<Normal, hours> day{};
  std::array<double, hours> counts{};
  for (const Example& example : examples) counts[example.hour] += 1.0;
  for (const Example& example : examples) {
    // An hour counts once, whether it is known by the hour or by the quarter.
    const double weight = 1.0 / counts[example.hour];
    Normal& normal = day[example.hour];
    for (std::size_t row = 0; row < feature_count; ++row) {
      const double weighted = weight * example.features[row];
      for (std::size_t column = 0; column <= row; ++column)
        normal.squares[place(row, column)] += weighted * example.features[column];
      normal.products[row] += weighted * example.target;
    }
  }
  for (std::size_t hour = 0; hour < hours; ++hour) {
    const Normal& before = day[(hour + hours - 1) % hours];
    const Normal& after = day[(hour + 1) % hours];
    Normal& normal = normals_[hour];
    for (std::size_t i = 0; i < triangle; ++i)
      normal.squares[i] = retained * normal.squares[i] +
                          neighbour_share * (before.squares[i] + day[hour].squares[i] + after.squares[i]);
    for (std::size_t i = 0; i < feature_count; ++i) {
      normal.squares[place(i, i)] += (1.0 - retained) * ridge;
      normal.products[i] = retained * normal.products[i] + (1.0 - retained) * ridge * prior_[i] +
                           neighbour_share * (before.products[i] + day[hour].products[i] + after.products[i]);
    }
    weights_[hour] = solve(normal);
  }
}

double HourlyRegression::predict(std::size_t hour, const Features& features) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < feature_count; ++i) sum += weights_[hour][i] * features[i];
  return sum;
}

/// Cholesky: the ridge keeps the matrix positive definite.
HourlyRegression::Features HourlyRegression::solve(const Normal& normal) {
  std::array<double, triangle> root = normal.squares;
  for (std::size_t row = 0; row < feature_count; ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      double rest = root[place(row, column)];
      for (std::size_t i = 0; i < column; ++i) rest -= root[place(row, i)] * root[place(column, i)];
      root[place(row, column)] = row == column ? std::sqrt(rest) : rest / root[place(column, column)];
    }
  }
  Features solution = normal.products;
  for (std::size_t row = 0; row < feature_count; ++row) {
    for (std::size_t i = 0; i < row; ++i) solution[row] -= root[place(row, i)] * solution[i];
    solution[row] /= root[place(row, row)];
  }
  for (std::size_t row = feature_count; row-- > 0;) {
    for (std::size_t i = row + 1; i < feature_count; ++i) solution[row] -= root[place(i, row)] * solution[i];
    solution[row] /= root[place(row, row)];
  }
  return solution;
}

}  // namespace gridpilot::forecast
