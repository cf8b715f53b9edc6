#include "policy/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "policy/text.h"
#include "policy/yaml_text.h"

namespace seatkeeper::yaml {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Thrown through yaml-cpp to leave a document that cannot be represented; caught in ParseChunk.
struct Refusal {};

// Translates yaml-cpp's marks, which count from 0 within a chunk, and looks at the bytes there.
class Text {
 public:
  Text(const SourceFile& file, const Chunk& chunk) : file_(file), chunk_(chunk) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < chunk.text.size(); ++i) {
      if (chunk.text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  // yaml-cpp's marks at the end of the input may lie past the text.
  SourcePosition At(const YAML::Mark& mark) const {
    const int line = std::clamp(mark.line, 0, static_cast<int>(starts_.size()) - 1);
    const int length = static_cast<int>(Line(line).size());
    return {file_.path, chunk_.first_line + line, 1 + std::clamp(mark.column, 0, length)};
  }

  // The rest of the marked line; empty when the mark is past the text.
  std::string_view LineFrom(const YAML::Mark& mark) const {
    if (mark.line < 0 || mark.line >= static_cast<int>(starts_.size())) return {};
    const auto line = Line(mark.line);
    const auto column = static_cast<std::size_t>(std::max(0, mark.column));
    return column < line.size() ? line.substr(column) : std::string_view();
  }

 private:
  // By the table, not by searching: one line may hold the whole file.
  std::string_view Line(int index) const {
    const std::size_t start = starts_[static_cast<std::size_t>(index)];
    const auto next = static_cast<std::size_t>(index) + 1;
    const std::size_t end = next < starts_.size() ? starts_[next] - 1 : chunk_.text.size();
    auto line = chunk_.text.substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  const SourceFile& file_;
  const Chunk& chunk_;
  std::vector<std::size_t> starts_;
};

// Bytes of a quoted scalar up to and with its closing quote; 0 when that is on another line.
std::size_t QuotedLength(std::string_view line) {
  const char quote = line[0];
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && quote == '"') {
      ++i;
    } else if (line[i] == quote) {
      if (quote == '"' || i + 1 == line.size() || line[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return 0;
}

void Measure(Node& node, std::string_view line) {
  std::size_t length = line.size();
  if (line.empty()) return;
  if (line[0] == '|' || line[0] == '>') {
    node.quoted = node.block = true;
    length = 1;
  } else if (line[0] == '"' || line[0] == '\'') {
    node.quoted = true;
    const std::size_t whole = QuotedLength(line);
    if (whole != 0) length = whole;
    node.verbatim = whole != 0 && line.substr(1, whole - 2) == node.scalar;
  } else if (line.starts_with(node.scalar)) {
    node.verbatim = true;
    length = node.scalar.size();
  }
  node.length = static_cast<int>(std::max<std::size_t>(1, length));
}

bool IsWrittenNull(std::string_view line) {
  return line.starts_with('~') || EqualsIgnoreCase(line.substr(0, 4), "null");
}

// Builds nodes from yaml-cpp's events, which, unlike its Node, show duplicates and anchors.
class Builder : public YAML::EventHandler {
 public:
  Builder(const Text& text, std::vector<Diagnostic>& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  bool complete() const { return complete_; }
  Node TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!started_) {
      started_ = true;
      return;
    }
    // yaml-cpp takes whatever follows a document for the next one, marker or not.
    Refuse(mark, "yaml-syntax", "text after the end of the document",
           "check the indentation of this line; `---` begins another document");
  }
  void OnDocumentEnd() override { complete_ = true; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    CheckProperties(mark);
    Node node;
    node.at = text_.At(mark);
    if (AwaitsKey()) {
      Refuse(mark, "yaml-key", "a key is missing before the colon", "write the key as text");
    }
    const auto line = text_.LineFrom(mark);
    if (!frames_.empty() && !IsWrittenNull(line) && frames_.back().awaits_value) {
      node.at = frames_.back().entry.at;
      node.length = frames_.back().entry.length;
    }
    Add(mark, std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { RefuseAlias(mark); }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    CheckProperties(mark);
    Node node{.kind = Node::Kind::kScalar, .at = text_.At(mark), .scalar = value};
    Measure(node, text_.LineFrom(mark));
    if (AwaitsKey()) {
      TakeKey(mark, node);
    } else {
      Add(mark, std::move(node));
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(mark, Node::Kind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(mark, Node::Kind::kMapping);
  }
  void OnMapEnd() override { Close(); }

  [[noreturn]] void RefuseAlias(const YAML::Mark& mark) {
    Refuse(mark, "yaml-alias", "aliases are not supported", "write the value out where it holds");
  }

 private:
  struct Frame {
    Node node;
    YAML::Mark mark;
    Node::Entry entry;  // The key read last.
    bool awaits_value = false;
    bool duplicate = false;
    std::set<std::string> seen;
  };

  bool AwaitsKey() const {
    return !frames_.empty() && frames_.back().node.kind == Node::Kind::kMapping &&
           !frames_.back().awaits_value;
  }

  void Report(const YAML::Mark& mark, std::string code, std::string message, std::string hint,
              int length = 1) {
    diagnostics_.push_back({.code = std::move(code),
                            .message = std::move(message),
                            .hint = std::move(hint),
                            .at = text_.At(mark),
                            .length = length});
  }

  [[noreturn]] void Refuse(const YAML::Mark& mark, std::string code, std::string message,
                           std::string hint) {
    Report(mark, std::move(code), std::move(message), std::move(hint));
    throw Refusal{};
  }

  // yaml-cpp marks a node with properties at the first property.
  void CheckProperties(const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes) {
      Refuse(mark, "yaml-too-large", "more than " + std::to_string(kMaxNodes) + " values",
             "split the document");
    }
    const auto line = text_.LineFrom(mark);
    if (line.starts_with('!')) {
      Report(mark, "yaml-tag", "tags are not supported",
             "leave the tag out; quote the value to make it text");
    } else if (line.starts_with('&')) {
      Report(mark, "yaml-anchor", "anchors are not supported",
             "leave the anchor out, and write the value out where it holds");
    }
  }

  void TakeKey(const YAML::Mark& mark, const Node& key) {
    Frame& frame = frames_.back();
    if (key.scalar == "<<" && !key.quoted) {
      Refuse(mark, "yaml-merge-key", "merge keys are not supported",
             "write the keys out where they hold");
    }
    frame.entry = {.key = key.scalar, .at = key.at, .value = {}, .length = key.length};
    frame.awaits_value = true;
    frame.duplicate = !frame.seen.insert(key.scalar).second;
    if (!frame.duplicate) return;
    Report(mark, "duplicate-key", "the key " + Quoted(key.scalar) + " stands here twice",
           "keep one of them", key.length);
  }

  void Add(const YAML::Mark& mark, Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == Node::Kind::kSequence) {
      frame.node.items.push_back(std::move(node));
      return;
    }
    if (!frame.awaits_value) {
      Refuse(mark, "yaml-key", "a key must be text", "write the key as text");
    }
    frame.awaits_value = false;
    frame.entry.value = std::move(node);
    if (!frame.duplicate) frame.node.entries.push_back(std::move(frame.entry));
    frame.entry = {};
  }

  void Open(const YAML::Mark& mark, Node::Kind kind) {
    CheckProperties(mark);
    if (AwaitsKey()) Refuse(mark, "yaml-key", "a key must be text", "write the key as text");
    if (frames_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      Refuse(mark, "yaml-too-deep",
             "nested more than " + std::to_string(kMaxDepth) + " levels deep", "");
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.at = text_.At(mark);
    frame.mark = mark;
    frames_.push_back(std::move(frame));
  }

  void Close() {
    Node node = std::move(frames_.back().node);
    const YAML::Mark mark = frames_.back().mark;
    frames_.pop_back();
    Add(mark, std::move(node));
  }

  const Text& text_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<Frame> frames_;
  Node root_;
  std::size_t nodes_ = 0;
  bool started_ = false;
  bool complete_ = false;
};

Diagnostic SyntaxError(const Text& text, const YAML::Exception& exception) {
  Diagnostic diagnostic{.code = "yaml-syntax",
                        .message = "not valid YAML: " + exception.msg,
                        .at = text.At(exception.mark)};
  const YAML::Mark line_start = [&] {
    YAML::Mark mark = exception.mark;
    mark.column = 0;
    return mark;
  }();
  const auto line = text.LineFrom(line_start);
  const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
  if (tab != std::string_view::npos) {
    diagnostic.code = "yaml-tab";
    diagnostic.message = "a tab in the indentation";
    diagnostic.hint = "YAML is indented with blanks";
    diagnostic.at.column = static_cast<int>(tab) + 1;
  }
  return diagnostic;
}

void ParseChunk(const SourceFile& file, const Chunk& chunk, std::vector<Node>& documents,
                std::vector<Diagnostic>& diagnostics) {
  if (auto directive = FindDirective(file, chunk)) {
    diagnostics.push_back(std::move(*directive));
    return;
  }
  const Text text(file, chunk);
  Builder builder(text, diagnostics);
  try {
    std::istringstream stream{std::string(chunk.text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return;
    parser.HandleNextDocument(builder);
  } catch (const Refusal&) {
    return;
  } catch (const YAML::Exception& exception) {
    diagnostics.push_back(SyntaxError(text, exception));
    return;
  } catch (const std::exception& exception) {
    diagnostics.push_back({.code = "yaml-syntax",
                           .message = std::string("not valid YAML: ") + exception.what(),
                           .at = {file.path, chunk.first_line, 1}});
    return;
  }
  Node root = builder.TakeRoot();
  if (builder.complete() && root.kind != Node::Kind::kNull) documents.push_back(std::move(root));
}

}  // namespace

const Node* Node::Find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::vector<Node> Parse(const SourceFile& file, std::vector<Diagnostic>& diagnostics) {
  std::vector<Node> documents;
  std::string_view text = file.text;
  if (text.size() > kMaxFileBytes) {
    diagnostics.push_back({.code = "file-too-large",
                           .message = "the file has " + std::to_string(text.size()) +
                                      " bytes; the limit is " + std::to_string(kMaxFileBytes),
                           .hint = "split it into several files",
                           .at = {file.path, 0, 0}});
    return documents;
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (auto bad = FindBadByte(file, text)) {
    diagnostics.push_back(std::move(*bad));
    return documents;
  }
  for (const Chunk& chunk : SplitDocuments(text)) {
    ParseChunk(file, chunk, documents, diagnostics);
  }
  return documents;
}

}  // namespace seatkeeper::yaml
