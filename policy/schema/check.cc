#include "policy/schema/check.h"

#include <algorithm>

#include "policy/fields.h"
#include "policy/scalar.h"
#include "policy/schema/check_mapping.h"
#include "policy/text.h"

namespace seatkeeper::schema {
namespace {

using yaml::Node;

std::string_view Describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "text";
    case Node::Kind::kSequence:
      return "a list";
    case Node::Kind::kMapping:
      return "a mapping";
  }
  return "?";
}

std::string_view Describe(Type type) {
  switch (type) {
    case Type::kAny:
      return "anything";
    case Type::kText:
      return "text";
    case Type::kBool:
      return "true or false";
    case Type::kInt:
      return "a whole number";
    case Type::kNumber:
      return "a number";
    case Type::kDuration:
      return "a duration";
    case Type::kList:
      return "a list";
    case Type::kMapping:
      return "a mapping";
  }
  return "?";
}

std::string Wanted(const Value& value) {
  std::string wanted(value.format != nullptr ? value.format->wanted : Describe(value.type));
  if (!value.choices.empty()) wanted = OneOf(value.choices);
  if (!value.word.empty()) wanted += " or " + Quoted(value.word);
  return wanted;
}

std::string What(const Place& place) {
  const auto text = place.Text();
  return Quoted(text.empty() ? "document" : text);
}

std::string MustBe(const Place& place, std::string_view wanted, const Node& node) {
  std::string message = What(place) + " must be " + std::string(wanted) + ", but is ";
  if (node.kind == Node::Kind::kScalar) return message + Quoted(node.scalar);
  return message + std::string(Describe(node));
}

std::string NumberText(double number) {
  std::string digits = std::to_string(number);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

class Checker {
 public:
  Checker(const Node& node, const Value& value, const Place& place,
          std::vector<Diagnostic>& diagnostics)
      : node_(node), value_(value), place_(place), diagnostics_(diagnostics) {}

  void Run() {
    const bool empty = node_.kind == Node::Kind::kNull ||
                       (node_.kind == Node::Kind::kScalar && node_.scalar.empty());
    if (value_.type == Type::kAny || IsTheWord()) return;
    if (node_.kind == Node::Kind::kNull || (empty && IsScalarType())) {
      Report("empty-value", What(place_) + " has no value",
             "give it a value, or leave the key out");
    } else if (IsScalarType() && node_.kind != Node::Kind::kScalar) {
      WrongType({});
    } else {
      CheckByType();
    }
  }

 private:
  bool IsTheWord() const {
    return !value_.word.empty() && node_.kind == Node::Kind::kScalar && node_.scalar == value_.word;
  }
  bool IsScalarType() const { return value_.type != Type::kList && value_.type != Type::kMapping; }

  void Report(std::string_view code, std::string message, std::string_view hint) {
    diagnostics_.push_back(
        ErrorAt(node_, std::string(code), std::move(message), std::string(hint)));
  }
  void Report(const Refusal& refusal) {
    Report(refusal.code, std::string(refusal.message), refusal.hint);
  }
  void WrongType(std::string_view hint) {
    Report("wrong-type", MustBe(place_, Wanted(value_), node_),
           value_.hint.empty() ? hint : value_.hint);
  }

  void CheckByType() {
    switch (value_.type) {
      case Type::kAny:
        break;
      case Type::kText:
        if (!value_.choices.empty()) CheckChoice();
        if (value_.format != nullptr) CheckFormat();
        break;
      case Type::kBool:
        if (node_.quoted || (node_.scalar != "true" && node_.scalar != "false")) {
          WrongType("write true or false, in lower case and without quotes");
        }
        break;
      case Type::kInt:
      case Type::kNumber:
        CheckNumber();
        break;
      case Type::kDuration:
        CheckDuration();
        break;
      case Type::kList:
        CheckList();
        break;
      case Type::kMapping:
        CheckMapping();
        break;
    }
  }

  void CheckChoice() {
    const auto found =
        std::find_if(value_.choices.begin(), value_.choices.end(),
                     [&](const Choice& choice) { return choice.word == node_.scalar; });
    if (found == value_.choices.end()) {
      std::vector<std::string_view> words;
      for (const auto& choice : value_.choices) words.push_back(choice.word);
      const auto suggestion = SuggestNearest(node_.scalar, words);
      Report(value_.code.empty() ? "bad-value" : value_.code,
             MustBe(place_, OneOf(value_.choices), node_),
             value_.hint.empty() ? std::string_view(suggestion) : value_.hint);
    } else if (found->refusal != nullptr) {
      Report(*found->refusal);
    } else if (found->later) {
      diagnostics_.push_back(
          NotYetInForce(node_.at, node_.length, std::string(place_.key) + ": " + node_.scalar));
    }
  }

  void CheckFormat() {
    for (const auto* format = value_.format; format != nullptr; format = format->also) {
      if (format->accepts(node_.scalar)) continue;
      if (format->refusal != nullptr) return Report(*format->refusal);
      return Report(format->code, MustBe(place_, format->wanted, node_),
                    value_.hint.empty() ? format->hint : value_.hint);
    }
  }

  void CheckNumber() {
    const auto number = ParseDecimal(node_.scalar, value_.type == Type::kNumber);
    if (node_.quoted || !number) {
      WrongType(node_.quoted ? "leave the quotes out" : "");
    } else if (*number < value_.min || *number > value_.max) {
      Report("out-of-range",
             What(place_) + " must be from " + NumberText(value_.min) + " to " +
                 NumberText(value_.max),
             value_.hint);
    }
  }

  void CheckDuration() {
    const auto duration = ParseDuration(node_.scalar);
    if (!duration) {
      Report("bad-duration", MustBe(place_, Wanted(value_), node_),
             "one whole number and one unit, such as 90s, 5m, 24h or 14d");
      return;
    }
    const auto ms = static_cast<double>(duration->count());
    if (ms < value_.min) {
      Report("out-of-range",
             What(place_) + " must be at least " + NumberText(value_.min / 1000) + "s",
             value_.hint);
    }
  }

  void CheckList() {
    if (node_.kind != Node::Kind::kSequence) {
      return WrongType(node_.kind == Node::Kind::kScalar ? "put it in brackets, as in [one, two]"
                                                         : std::string_view());
    }
    if (node_.items.empty() && value_.not_empty != nullptr) {
      Report(value_.not_empty->code, What(place_) + " " + std::string(value_.not_empty->message),
             value_.not_empty->hint);
    }
    const Place inside{.above = &place_, .key = "[]"};
    for (const Node& item : node_.items) {
      Check(item, *value_.items, diagnostics_, inside);
      const bool crowded = !value_.alone.empty() && item.kind == Node::Kind::kScalar &&
                           item.scalar == value_.alone && node_.items.size() > 1;
      if (crowded) {
        diagnostics_.push_back(
            ErrorAt(item, "bad-value",
                    Quoted(item.scalar) + " stands beside other " + std::string(place_.key),
                    "write [" + item.scalar + "], or leave it out"));
      }
    }
  }

  void CheckMapping() {
    if (node_.kind == Node::Kind::kMapping) {
      return schema::CheckMapping(node_, *value_.mapping, place_, diagnostics_);
    }
    const auto usual = value_.mapping->usual;
    if (node_.kind != Node::Kind::kScalar || usual.empty()) return WrongType({});
    constexpr std::size_t kShown = 60;
    WrongType("write - " + std::string(usual) + ": " +
              (node_.scalar.size() <= kShown ? node_.scalar : "and the " + std::string(usual)));
  }

  const Node& node_;
  const Value& value_;
  const Place& place_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

std::string Place::Text() const {
  std::string text = above == nullptr ? std::string() : above->Text();
  if (key != "[]" && !text.empty()) text += '.';
  return text += key;
}

void Check(const Node& node, const Value& value, std::vector<Diagnostic>& diagnostics,
           const Place& place) {
  Checker(node, value, place, diagnostics).Run();
}

}  // namespace seatkeeper::schema
