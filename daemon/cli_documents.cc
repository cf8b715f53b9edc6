#include "daemon/cli_documents.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "daemon/version.h"

namespace seatkeeper {
namespace {

// What there is to say of an option, or of an argument by its place.
struct Argument {
  std::string name;   // "--format"; of an argument by its place, what stands there.
  std::string value;  // "FILE"; empty: a switch.
  std::string about;
  std::vector<std::string> words;  // What the value may be, where that is a closed set.
  bool positional = false;

  bool is_file() const {
    return value == "FILE" || value == "DIR" || value == "PATH" || value == "PLANFILE";
  }
};

std::vector<std::string> Split(std::string_view text, char by) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(by, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// CLI11 appends the words that it checks for: "LEVEL:{trace,debug}".
Argument Describe(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto colon = type.find(':');
  Argument argument{.name = {}, .value = type.substr(0, colon), .about = {}, .words = {}};
  argument.positional = !option.nonpositional();
  argument.name = argument.positional ? argument.value : "--" + option.get_lnames().front();
  argument.about = option.get_description();
  const auto open = type.find('{');
  if (open != std::string::npos && type.back() == '}') {
    argument.words = Split(std::string_view(type).substr(open + 1, type.size() - open - 2), ',');
  }
  return argument;
}

std::vector<Argument> ArgumentsOf(const CLI::App& command) {
  std::vector<Argument> arguments;
  for (const auto* option : command.get_options()) {
    if (option->get_lnames().empty() && option->nonpositional()) continue;
    arguments.push_back(Describe(*option));
  }
  return arguments;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : CommandsOf(app)) names.push_back(command->get_name());
  return fmt::format("{}", fmt::join(names, " "));
}

// In single quotes of a shell.
std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string Bash(const CLI::App& app) {
  std::string cases;
  std::string values;
  for (const auto* command : CommandsOf(app)) {
    if (command->get_name() == "help") continue;  // Takes a command: below.
    std::vector<std::string> options;
    for (const auto& argument : ArgumentsOf(*command)) {
      if (!argument.positional) options.push_back(argument.name);
      std::vector<std::string> words = argument.words;
      if (argument.positional && !words.empty())
        options.insert(options.end(), words.begin(), words.end());
      if (argument.positional || argument.value.empty()) continue;
      // Without words, a file is completed where one is wanted: `-o default`.
      values += fmt::format("    {}:{}) COMPREPLY=($(compgen -W {} -- \"$word\")); return ;;\n",
                            command->get_name(), argument.name,
                            Quote(fmt::format("{}", fmt::join(words, " "))));
    }
    cases += fmt::format("    {}) words={} ;;\n", command->get_name(),
                         Quote(fmt::format("{}", fmt::join(options, " "))));
  }
  return fmt::format(R"(# bash completion for seatkeeper
_seatkeeper() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W {} -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}}:$before" in
{}  esac
  case "${{COMP_WORDS[1]}}" in
{}    help) words={} ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _seatkeeper seatkeeper
)",
                     Quote(CommandNames(app)), values, cases, Quote(CommandNames(app)));
}

// In a description of _arguments and _describe, brackets and colons have meanings.
std::string Zsh(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string ZshSpec(const Argument& argument) {
  auto action = argument.is_file() ? std::string("_files") : std::string(" ");
  if (!argument.words.empty()) action = fmt::format("({})", fmt::join(argument.words, " "));
  if (argument.positional) return Quote(fmt::format("*:{}:{}", Zsh(argument.value), action));
  const auto option = fmt::format("*{}[{}]", argument.name, Zsh(argument.about));
  if (argument.value.empty()) return Quote(option);
  return Quote(fmt::format("{}:{}:{}", option, Zsh(argument.value), action));
}

std::string ZshScript(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const auto* command : CommandsOf(app)) {
    const auto& name = command->get_name();
    commands += fmt::format("    {}\n", Quote(name + ":" + Zsh(command->get_description())));
    cases += fmt::format("    {})\n      _arguments", name);
    for (const auto& argument : ArgumentsOf(*command)) cases += " \\\n        " + ZshSpec(argument);
    cases += " ;;\n";
  }
  return fmt::format(R"(#compdef seatkeeper
_seatkeeper() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  (( CURRENT-- ))
  shift words
  case $words[1] in
{}  esac
}}
compdef _seatkeeper seatkeeper
)",
                     commands, cases);
}

std::string Fish(const CLI::App& app) {
  std::string script = "# fish completion for seatkeeper\n";
  for (const auto* command : CommandsOf(app)) {
    const auto& name = command->get_name();
    script += fmt::format("complete -c seatkeeper -f -n __fish_use_subcommand -a {} -d {}\n", name,
                          Quote(command->get_description()));
    const auto seen = fmt::format("-n '__fish_seen_subcommand_from {}'", name);
    for (const auto& argument : ArgumentsOf(*command)) {
      const auto words = Quote(fmt::format("{}", fmt::join(argument.words, " ")));
      if (argument.positional) {
        if (argument.words.empty()) continue;
        script += fmt::format("complete -c seatkeeper -f {} -a {}\n", seen, words);
        continue;
      }
      script += fmt::format("complete -c seatkeeper {} -l {} -d {}", seen, argument.name.substr(2),
                            Quote(argument.about));
      if (argument.is_file()) script += " -rF";
      if (!argument.is_file() && !argument.value.empty()) script += " -xa " + words;
      script += "\n";
    }
  }
  return script;
}

// Text of a page of man: hyphens are minus signs, and no line is taken for a request.
std::string Roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) {
      escaped += std::string("\\&") + c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string ManualOf(const CLI::App& command) {
  auto page =
      fmt::format(".SS {}\n{}.\n", Roff(command.get_name()), Roff(command.get_description()));
  for (const auto& argument : ArgumentsOf(command)) {
    const bool valued = !argument.positional && !argument.value.empty();
    const auto value = valued ? fmt::format(" \\fI{}\\fR", Roff(argument.value)) : std::string();
    page +=
        fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", Roff(argument.name), value, Roff(argument.about));
  }
  return page + fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(command.get_footer()));
}

}  // namespace

std::string CompletionScript(const CLI::App& app, std::string_view shell) {
  if (shell == "zsh") return ZshScript(app);
  return shell == "fish" ? Fish(app) : Bash(app);
}

std::string ManualPage(const CLI::App& app) {
  auto page = fmt::format(
      ".TH SEATKEEPER 1 \"\" \"seatkeeper {}\"\n.SH NAME\nseatkeeper \\- keeps Microsoft 365 "
      "licences the way policy files say\n.SH SYNOPSIS\n\\fBseatkeeper\\fR \\fICOMMAND\\fR "
      "[\\fIOPTION\\fR...]\n.SH COMMANDS\n",
      Roff(kVersion));
  for (const auto* command : CommandsOf(app)) page += ManualOf(*command);
  return page;
}

}  // namespace seatkeeper
