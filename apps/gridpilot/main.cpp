#include "gridpilot/app/cli.hpp"

int main(int argc, char** argv) {
  return gridpilot::app::run_command_line(argc, argv);
}
