#include "gridpilot/os/zone_place.hpp"

#include <cstdlib>
#include <string>

#include "gridpilot/os/file.hpp"

namespace gridpilot::os {
namespace {

constexpr std::size_t largest_table = std::size_t{1} << 20U;
constexpr const char* table_file = "/usr/share/zoneinfo/zone.tab";
constexpr const char* links_file = "/usr/share/zoneinfo/tzdata.zi";

/// The text up to a character, taken off the front with it.
std::string_view take_until(std::string_view& text, char end) {
  const auto place = text.find(end);
  const std::string_view taken = text.substr(0, place);
  text.remove_prefix(place == std::string_view::npos ? text.size() : place + 1);
  return taken;
}

/// "+5215", "-0740023": degrees, minutes and perhaps seconds.
double degrees_of(std::string_view text) {
  const std::size_t digits = text.size() - 1;
  const std::size_t of_degrees = digits % 2 == 0 ? 2 : 3;
  const auto number = [&](std::size_t from, std::size_t count) {
    return from + count <= text.size() ? std::atof(std::string(text.substr(from, count)).c_str()) : 0.0;
  };
  const double value = number(1, of_degrees) + number(1 + of_degrees, 2) / 60.0 + number(3 + of_degrees, 2) / 3600.0;
  return text.front() == '-' ? -value : value;
}

std::optional<Place> place_of(std::string_view coordinates) {
  const auto split = coordinates.find_first_of("+-", 1);
  if (coordinates.size() < 5 || split == std::string_view::npos) return std::nullopt;
  return Place{.latitude_degrees = degrees_of(coordinates.substr(0, split)),
               .longitude_degrees = degrees_of(coordinates.substr(split))};
}

std::optional<Place> find_in_table(std::string_view table, std::string_view zone) {
  while (!table.empty()) {
    std::string_view line = take_until(table, '\n');
    if (line.starts_with('#')) continue;
    take_until(line, '\t');
    const std::string_view coordinates = take_until(line, '\t');
    if (take_until(line, '\t') == zone) return place_of(coordinates);
  }
  return std::nullopt;
}

/// Lines "L TARGET NAME".
std::optional<std::string> target_of_link(std::string_view links, std::string_view zone) {
  while (!links.empty()) {
    std::string_view line = take_until(links, '\n');
    if (!line.starts_with("L ")) continue;
    take_until(line, ' ');
    const std::string_view target = take_until(line, ' ');
    if (line == zone) return std::string(target);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Place> place_of_zone(std::string_view zone) {
  const auto table = read_file(table_file, largest_table);
  if (!table) return std::nullopt;
  if (const auto place = find_in_table(*table, zone)) return place;
  const auto links = read_file(links_file, largest_table);
  if (!links) return std::nullopt;
  const auto target = target_of_link(*links, zone);
  return target ? find_in_table(*table, *target) : std::nullopt;
}

}  // namespace gridpilot::os
