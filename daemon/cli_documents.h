#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace seatkeeper {

// Made from the commands themselves, as --help is, so that they cannot say anything else.

/// A script that completes commands, options and their words in "bash", "zsh" or "fish".
std::string CompletionScript(const CLI::App& app, std::string_view shell);

/// The manual page seatkeeper(1), for `man -l`: every command with its options, and what --help
/// says below them.
std::string ManualPage(const CLI::App& app);

}  // namespace seatkeeper
