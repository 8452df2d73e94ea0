#include "gridpilot/app/owners_order.hpp"

#include <string>
#include <system_error>

#include "gridpilot/core/json.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::app {
namespace {

constexpr std::size_t largest_order_file = 4096;

Result<Command> command_in(const json::Value& order) {
  if (auto known = order.only({"action", "power_w", "stop_soc_percent", "export_limit_w", "until"}); !known)
    return std::move(known).failed();
  const auto name = order.string("action");
  const auto power = order.number("power_w");
  const auto stop = order.number("stop_soc_percent");
  const auto limit = order.optional_number("export_limit_w");
  const auto until_text = order.string("until");
  for (const Error* error :
       {name ? nullptr : &name.error(), power ? nullptr : &power.error(), stop ? nullptr : &stop.error(),
        limit ? nullptr : &limit.error(), until_text ? nullptr : &until_text.error()})
    if (error != nullptr) return std::unexpected(*error);
  const auto action = action_named(*name);
  const auto until = parse_rfc3339(*until_text);
  if (!action) return failure(ErrorCode::malformed, "'action' is none");
  if (!until) return failure(ErrorCode::malformed, "'until' is no time");
  if (*power < 0 || *stop < 0 || *stop > 100 || limit->value_or(0) < 0)
    return failure(ErrorCode::malformed, "a power below 0, or a state of charge outside 0 to 100");
  Command command{.action = *action, .power = watts(*power), .stop_soc = percent(*stop), .until = *until};
  if (const std::optional<double>& most = *limit) command.export_limit = watts(*most);
  return command;
}

}  // namespace

std::filesystem::path order_file(const std::filesystem::path& data_folder) {
  return data_folder / "inverter-order.json";
}

Result<std::optional<Command>> read_order(const std::filesystem::path& data_folder, Instant now) {
  const std::filesystem::path path = order_file(data_folder);
  Result<std::string> text = os::read_file(path, largest_order_file);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<Command>();
  if (!text) return std::move(text).failed();
  const auto not_understood = [&path](const Error& error) {
    return failure(ErrorCode::corrupt, path.string() + ": " + error.message);
  };
  const auto document = json::Document::parse(std::move(*text));
  if (!document) return not_understood(document.error());
  const auto command = command_in(document->root());
  if (!command) return not_understood(command.error());
  if (command->until <= now || command->until - now > longest_order) return std::optional<Command>();
  return std::optional(*command);
}

Result<void> write_order(const std::filesystem::path& data_folder, const Command& order, Instant now) {
  if (order.until <= now) return failure(ErrorCode::bad_input, "the order would be over already");
  if (order.until - now > longest_order) return failure(ErrorCode::bad_input, "an order lasts 24 hours at most");
  std::string text;
  json::Writer out(text);
  out.begin_object().member("action", name_of(order.action)).key("power_w").rounded(in_watts(order.power), 0);
  out.key("stop_soc_percent").rounded(in_percent(order.stop_soc), 1).key("export_limit_w");
  order.export_limit ? out.rounded(in_watts(*order.export_limit), 0) : out.null();
  out.member("until", to_rfc3339(order.until)).end_object();
  return os::write_file_atomically(order_file(data_folder), text + "\n");
}

Result<void> clear_order(const std::filesystem::path& data_folder) {
  std::error_code wrong;
  std::filesystem::remove(order_file(data_folder), wrong);
  if (wrong) return failure(ErrorCode::io_failure, order_file(data_folder).string() + ": " + wrong.message());
  return {};
}

}  // namespace gridpilot::app
