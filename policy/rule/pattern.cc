#include "policy/rule/pattern.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "policy/text.h"

namespace seatkeeper::rule {

struct Pattern::Compiled {
  Compiled(std::string_view expression, const re2::RE2::Options& options)
      : program(re2::StringPiece(expression.data(), expression.size()), options) {}
  re2::RE2 program;
};

namespace {

// RE2 says "what is wrong: the part in question"; that part may be as long as the expression.
std::string Reason(const re2::RE2& program) {
  std::string reason = program.error();
  const std::string end = ": " + program.error_arg();
  if (program.error_arg().empty() || !reason.ends_with(end)) return reason;
  reason.resize(reason.size() - end.size());
  return reason + ": " + Quoted(program.error_arg());
}

}  // namespace

Pattern::Pattern(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::variant<Pattern, std::string> Pattern::Compile(std::string_view expression) {
  re2::RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  auto compiled = std::make_unique<Compiled>(expression, options);
  if (!compiled->program.ok()) return Reason(compiled->program);
  return Pattern(std::move(compiled));
}

bool Pattern::Matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->program);
}

std::vector<std::string> Pattern::RequiredPieces() const {
  // Shorter pieces stand in too many texts to save anything.
  constexpr int kShortest = 3;
  // Each is one more pass over all texts.
  constexpr std::size_t kMost = 8;
  re2::FilteredRE2 filter(kShortest);
  int id = 0;
  if (filter.Add(compiled_->program.pattern(), compiled_->program.options(), &id) !=
      re2::RE2::NoError) {
    return {};
  }
  std::vector<std::string> pieces;
  filter.Compile(&pieces);
  std::vector<int> without_any;
  filter.AllPotentials({}, &without_any);
  const bool plain = std::all_of(pieces.begin(), pieces.end(), [](const std::string& piece) {
    return !piece.empty() && std::all_of(piece.begin(), piece.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x80;
    });
  });
  if (!without_any.empty() || !plain || pieces.size() > kMost) return {};
  return pieces;
}

}  // namespace seatkeeper::rule
