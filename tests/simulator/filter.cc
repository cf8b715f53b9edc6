#include "tests/simulator/filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tests/simulator/errors.h"
#include "tests/simulator/filter_node.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {

using nlohmann::json;

namespace {

using Node = Filter::Node;
using Kind = Node::Kind;

struct Token {
  enum class Kind { kWord, kText, kSign, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;
};

GraphError NoFilter(const std::string& why) {
  return BadRequest("Invalid filter clause: " + why + ".");
}

bool IsWordPart(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("_-/.:$@#+").find(c) != std::string_view::npos;
}

Token TextToken(std::string_view text, std::size_t& at) {
  Token token{Token::Kind::kText, ""};
  for (++at; at < text.size(); ++at) {
    if (text[at] != '\'') {
      token.text += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '\'') {
      token.text += text[++at];
    } else {
      ++at;
      return token;
    }
  }
  throw NoFilter("a text has no end, or a quote inside of it is not doubled");
}

std::vector<Token> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ') {
      ++at;
    } else if (c == '\'') {
      tokens.push_back(TextToken(text, at));
    } else if (c == '(' || c == ')' || c == ',') {
      tokens.push_back({Token::Kind::kSign, std::string(1, c)});
      ++at;
    } else if (IsWordPart(c)) {
      const std::size_t begin = at;
      while (at < text.size() && IsWordPart(text[at])) ++at;
      tokens.push_back({Token::Kind::kWord, std::string(text.substr(begin, at - begin))});
    } else {
      throw NoFilter(std::string("unexpected character ") + c);
    }
  }
  tokens.push_back({});
  return tokens;
}

bool HasWord(const std::string& words, std::string_view word) {
  const std::vector<std::string> all = Split(words, ' ');
  return std::find(all.begin(), all.end(), word) != all.end();
}

// Reads a filter from left to right: or binds weaker than and, and weaker than not.
class Reader {
 public:
  Reader(std::string_view text, const FilterRules& rules)
      : text_(text), rules_(rules), tokens_(Tokens(text)) {}

  Node Read() {
    Node root = Or();
    if (Now().kind != Token::Kind::kEnd) throw NoFilter("something follows its end");
    if (alone_ && leaves_ > 1) throw Unsupported();
    return root;
  }

  bool is_advanced() const { return is_advanced_; }
  std::vector<std::string> TakeProperties() { return std::move(properties_); }

 private:
  const Token& Now() const { return tokens_[at_]; }
  bool IsWord(std::string_view word) const {
    return Now().kind == Token::Kind::kWord && EqualsIgnoringCase(Now().text, word);
  }
  bool IsSign(std::string_view sign) const {
    return Now().kind == Token::Kind::kSign && Now().text == sign;
  }
  std::string TakeWord() {
    if (Now().kind != Token::Kind::kWord) throw NoFilter("a name is missing");
    return tokens_[at_++].text;
  }
  void TakeSign(std::string_view sign) {
    if (!IsSign(sign)) throw NoFilter("'" + std::string(sign) + "' is missing");
    ++at_;
  }
  GraphError Unsupported() const {
    return UnsupportedQuery("Unsupported Query: " + std::string(text_));
  }

  Node Or() { return Joined("or", Kind::kOr, &Reader::And); }
  Node And() { return Joined("and", Kind::kAnd, &Reader::Single); }

  Node Joined(std::string_view word, Kind kind, Node (Reader::*part)()) {
    Node first = (this->*part)();
    if (!IsWord(word)) return first;
    Node all;
    all.kind = kind;
    all.parts.push_back(std::move(first));
    while (IsWord(word)) {
      ++at_;
      all.parts.push_back((this->*part)());
    }
    return all;
  }

  Node Single() {
    if (IsSign("(")) {
      ++at_;
      Deepen();
      Node inner = Or();
      --depth_;
      TakeSign(")");
      return inner;
    }
    if (IsWord("not")) return Not();
    if (IsWord("startsWith")) return Function(Kind::kStartsWith, "startsWith");
    if (IsWord("endsWith")) return Function(Kind::kEndsWith, "endsWith");
    return Comparison();
  }

  // So that no text exhausts the stack.
  void Deepen() {
    constexpr int kDepthMax = 50;
    if (++depth_ > kDepthMax) throw NoFilter("it is nested too deeply");
  }

  Node Not() {
    ++at_;
    Deepen();
    is_advanced_ = true;
    const bool before = std::exchange(negated_, true);
    Node node;
    node.kind = Kind::kNot;
    node.parts.push_back(Single());
    negated_ = before;
    --depth_;
    return node;
  }

  Node Function(Kind kind, const char* name) {
    ++at_;
    TakeSign("(");
    Node node;
    node.kind = kind;
    const std::string& allowed = Named(TakeWord(), node);
    Require(allowed, name);
    if (kind == Kind::kEndsWith) is_advanced_ = true;
    TakeSign(",");
    node.values.push_back(Value(allowed));
    if (!node.values[0].is_string()) throw Unsupported();
    TakeSign(")");
    return node;
  }

  Node Comparison() {
    std::string path = TakeWord();
    if (path.ends_with("/any") && IsSign("(")) return Any(path.substr(0, path.size() - 4));
    if (path.ends_with("/$count")) return Count(path.substr(0, path.size() - 7));
    Node node;
    const std::string& allowed = Named(path, node);
    node.comparison = ToLower(TakeWord());
    Require(allowed, node.comparison);
    if (node.comparison == "in") {
      node.kind = Kind::kIn;
      TakeSign("(");
      node.values.push_back(Value(allowed));
      for (; IsSign(","); node.values.push_back(Value(allowed))) ++at_;
      TakeSign(")");
      return node;
    }
    if (node.comparison == "ne") is_advanced_ = true;
    node.values.push_back(Value(allowed));
    const bool ordered = node.comparison == "ge" || node.comparison == "le";
    if (ordered && !node.values[0].is_string()) throw Unsupported();
    return node;
  }

  Node Any(const std::string& collection) {
    Node node;
    node.kind = Kind::kAny;
    Require(Named(collection, node), "any");
    TakeSign("(");
    std::string variable = TakeWord();  // "l:l/skuId"
    const std::size_t colon = variable.find(':');
    if (colon == std::string::npos) throw NoFilter("any() has no variable");
    variable.resize(colon);
    Token& first = tokens_[at_ - 1];
    first.text.erase(0, colon + 1);
    if (!first.text.empty()) --at_;
    Deepen();
    const auto outer = std::exchange(element_, Element{collection, variable});
    node.parts.push_back(Or());
    --depth_;
    element_ = outer;
    TakeSign(")");
    return node;
  }

  Node Count(const std::string& collection) {
    Node node;
    node.kind = Kind::kCount;
    Require(Named(collection, node), "count");
    is_advanced_ = true;
    node.comparison = ToLower(TakeWord());
    if (node.comparison != "eq" && node.comparison != "ne") throw Unsupported();
    const std::string number = TakeWord();
    if (number != "0" && number != "1") throw Unsupported();
    node.values.emplace_back(number == "0" ? 0 : 1);
    return node;
  }

  // What the rules say of the property, whose path goes into the node.
  const std::string& Named(const std::string& path, Node& node) {
    ++leaves_;
    std::string whole = path;
    node.path = path;
    if (element_) {
      const std::string prefix = element_->variable + "/";
      if (path != element_->variable && !path.starts_with(prefix)) throw Unsupported();
      node.path = path == element_->variable ? "" : path.substr(prefix.size());
      whole = element_->collection + (node.path.empty() ? "" : "/" + node.path);
      --leaves_;  // belongs to its any()
    }
    const auto found = rules_.find(whole);
    if (found == rules_.end()) throw Unsupported();
    const std::string property = whole.substr(0, whole.find('/'));
    if (std::find(properties_.begin(), properties_.end(), property) == properties_.end()) {
      properties_.push_back(property);
    }
    node.exact = HasWord(found->second, "exact");
    node.instants = HasWord(found->second, "date");
    alone_ = alone_ || HasWord(found->second, "alone");
    return found->second;
  }

  void Require(const std::string& allowed, std::string_view what) const {
    if (!HasWord(allowed, what) || (negated_ && !HasWord(allowed, "not"))) throw Unsupported();
  }

  json Value(const std::string& allowed) {
    const Token token = Now();
    if (token.kind != Token::Kind::kWord && token.kind != Token::Kind::kText) {
      throw NoFilter("a value is missing");
    }
    ++at_;
    const bool bare = token.kind == Token::Kind::kWord;
    if (bare && token.text == "null") {
      if (!HasWord(allowed, "null")) throw Unsupported();
      return nullptr;
    }
    if (HasWord(allowed, "bool")) {
      if (!bare || (token.text != "true" && token.text != "false")) throw Mistyped(token.text);
      return token.text == "true";
    }
    const bool guid = HasWord(allowed, "guid");
    const bool date = HasWord(allowed, "date");
    if (bare != (guid || date)) throw Mistyped(token.text);
    if (guid && !IsGuid(token.text)) throw Mistyped(token.text);
    if (date && !ParseIsoTime(token.text)) throw Mistyped(token.text);
    return token.text;
  }

  static GraphError Mistyped(const std::string& value) {
    return NoFilter("'" + value + "' does not have the type of the property");
  }

  struct Element {
    std::string collection;
    std::string variable;
  };

  std::string_view text_;
  const FilterRules& rules_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  bool negated_ = false;
  bool is_advanced_ = false;
  bool alone_ = false;
  int leaves_ = 0;
  int depth_ = 0;
  std::optional<Element> element_;
  std::vector<std::string> properties_;
};

}  // namespace

Filter Filter::Parse(std::string_view text, const FilterRules& rules) {
  Reader reader(text, rules);
  Filter filter;
  filter.root_ = std::make_shared<const Node>(reader.Read());
  filter.is_advanced_ = reader.is_advanced();
  filter.properties_ = reader.TakeProperties();
  return filter;
}

std::optional<Filter> FilterOf(const Call& call, const FilterRules& rules) {
  const auto text = call.target.Option("$filter");
  if (!text) return std::nullopt;
  Filter filter = Filter::Parse(*text, rules);
  if (filter.is_advanced() && !(call.IsAdvanced() && IsCounted(call))) {
    throw UnsupportedQuery(
        "This filter needs the header ConsistencyLevel: eventual and $count=true.");
  }
  return filter;
}

}  // namespace seatkeeper::sim
