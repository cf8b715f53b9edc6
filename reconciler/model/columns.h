#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reconciler/model/dictionary.h"
#include "reconciler/model/rows.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// A property over all users, one of the classes below. In each of them *absent* (the service left
/// the property out), *null* and *empty* are three values; a property that was not selected has no
/// column at all. Move-only, one owner; concurrent reads are safe once filled.
///
/// `Spliced` makes a column of two. The distinct values of the earlier one all come along, used or
/// not, and of the later one those that are used: what is no longer used goes with the next reading
/// of everybody, until which a column grows by at most a value per user read again.
///
/// A code per row, for the columns that store each distinct value once: a rule is evaluated once
/// per distinct value, not once per user.
class CodeColumn {
 public:
  using Code = std::uint32_t;
  static constexpr Code kAbsent = 0;
  static constexpr Code kNull = 1;
  static constexpr Code kFirstValue = 2;

  CodeColumn() = default;
  CodeColumn(CodeColumn&&) = default;
  CodeColumn& operator=(CodeColumn&&) = default;

  void Append(Code code) { codes_.push_back(code); }
  void AppendAbsent() { Append(kAbsent); }
  void Set(std::size_t row, Code code) { codes_[row] = code; }
  void SetAbsent(std::size_t row) { Set(row, kAbsent); }
  void SetNull(std::size_t row) { Set(row, kNull); }

  std::size_t size() const { return codes_.size(); }
  Code code(std::size_t row) const { return codes_[row]; }
  std::span<const Code> codes() const { return codes_; }

 protected:
  void PermuteCodes(const std::vector<std::uint32_t>& order);
  /// `intern(code)` is the code in here for a value of `later`; it is asked once per value.
  template <typename Intern>
  void SpliceCodes(const CodeColumn& earlier, const CodeColumn& later, const Splice& rows,
                   std::size_t later_end, Intern&& intern);

 private:
  std::vector<Code> codes_;
};

/// One text per user.
class StringColumn : public CodeColumn {
 public:
  static constexpr Code kFirstText = kFirstValue;

  /// The code of `text`, new or known.
  Code Intern(std::string_view text) { return kFirstText + texts_.Intern(text); }

  bool has_text(std::size_t row) const { return code(row) >= kFirstText; }
  /// The text of a row; empty when absent or null. Views are valid until the next Intern.
  std::string_view text(std::size_t row) const { return Text(code(row)); }

  /// One past the largest code.
  Code dictionary_end() const { return kFirstText + static_cast<Code>(texts_.size()); }
  std::string_view Text(Code code) const {
    return code < kFirstText ? std::string_view() : texts_.Text(code - kFirstText);
  }
  /// The distinct texts; the code of a row is kFirstText more than the code in here.
  const TextDictionary& texts() const { return texts_; }

  /// Lays the rows out anew: new row i is old row `order[i]`. Nothing is interned after that.
  void Permute(const std::vector<std::uint32_t>& order);
  static StringColumn Spliced(const StringColumn& earlier, const StringColumn& later,
                              const Splice& rows);

 private:
  TextDictionary texts_;
};

/// A list of texts per user. Order and repeats in what the service sends carry no meaning: lists
/// are kept as sets, ordered by text.
class ListColumn : public CodeColumn {
 public:
  static constexpr Code kFirstList = kFirstValue;

  Code Intern(std::span<const std::string_view> texts);

  Code dictionary_end() const { return kFirstList + static_cast<Code>(lists_.size()); }
  /// The items of a list as codes in items(); empty when absent or null.
  std::span<const TextDictionary::Code> List(Code code) const {
    return code < kFirstList ? std::span<const TextDictionary::Code>()
                             : lists_.Items(code - kFirstList);
  }
  const TextDictionary& items() const { return items_; }

  void Permute(const std::vector<std::uint32_t>& order);
  static ListColumn Spliced(const ListColumn& earlier, const ListColumn& later, const Splice& rows);

 private:
  TextDictionary items_;
  ListDictionary lists_;
};

/// One entry of assignedPlans as a provider reads it.
struct AssignedPlanInput {
  std::string_view service_plan_id;  ///< A GUID in either letter case.
  std::string_view service;
  std::string_view capability_status;
};

/// assignedPlans: a set of service plans per user, with service and capability status. Most users
/// share one of few sets.
class PlanColumn : public CodeColumn {
 public:
  static constexpr Code kFirstSet = kFirstValue;

  /// A distinct plan; its parts are codes in texts().
  struct Plan {
    TextDictionary::Code service_plan_id = 0;  ///< In lower case.
    TextDictionary::Code service = 0;
    TextDictionary::Code capability_status = 0;

    friend bool operator==(const Plan&, const Plan&) = default;
  };

  Code Intern(std::span<const AssignedPlanInput> plans);

  Code dictionary_end() const { return kFirstSet + static_cast<Code>(sets_.size()); }
  /// The plans of a set as indices into plans(), ordered by what they say; empty when absent or
  /// null.
  std::span<const std::uint32_t> PlanSet(Code code) const {
    return code < kFirstSet ? std::span<const std::uint32_t>() : sets_.Items(code - kFirstSet);
  }
  std::span<const Plan> plans() const { return plans_; }
  const TextDictionary& texts() const { return texts_; }

  void Permute(const std::vector<std::uint32_t>& order);
  static PlanColumn Spliced(const PlanColumn& earlier, const PlanColumn& later, const Splice& rows);

 private:
  std::uint32_t InternPlan(const Plan& plan);
  void ShrinkToFit();

  TextDictionary texts_;
  std::vector<Plan> plans_;
  CodeIndex plan_index_;
  ListDictionary sets_;
};

/// One moment per user, in milliseconds.
class TimeColumn {
 public:
  /// Two moments that no calendar reaches stand for there being none.
  static constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kNull = kAbsent + 1;

  TimeColumn() = default;
  TimeColumn(TimeColumn&&) = default;
  TimeColumn& operator=(TimeColumn&&) = default;

  void AppendAbsent() { values_.push_back(kAbsent); }
  void Set(std::size_t row, WallTime time) { values_[row] = time.time_since_epoch().count(); }
  void SetAbsent(std::size_t row) { values_[row] = kAbsent; }
  void SetNull(std::size_t row) { values_[row] = kNull; }

  std::size_t size() const { return values_.size(); }
  bool is_null(std::size_t row) const { return values_[row] == kNull; }
  /// Nothing when absent or null.
  std::optional<WallTime> time(std::size_t row) const {
    if (values_[row] <= kNull) return std::nullopt;
    return WallTime(std::chrono::milliseconds(values_[row]));
  }
  /// Milliseconds since 1970, kAbsent or kNull.
  std::span<const std::int64_t> values() const { return values_; }

  void Permute(const std::vector<std::uint32_t>& order);
  static TimeColumn Spliced(const TimeColumn& earlier, const TimeColumn& later, const Splice& rows);

 private:
  std::vector<std::int64_t> values_;
};

/// One boolean per user.
class BooleanColumn {
 public:
  enum class Value : std::uint8_t { kAbsent, kNull, kFalse, kTrue };

  BooleanColumn() = default;
  BooleanColumn(BooleanColumn&&) = default;
  BooleanColumn& operator=(BooleanColumn&&) = default;

  void Append(Value value) { values_.push_back(value); }
  void AppendAbsent() { Append(Value::kAbsent); }
  void Set(std::size_t row, Value value) { values_[row] = value; }
  void SetAbsent(std::size_t row) { Set(row, Value::kAbsent); }
  void SetNull(std::size_t row) { Set(row, Value::kNull); }
  std::size_t size() const { return values_.size(); }
  Value value(std::size_t row) const { return values_[row]; }
  std::span<const Value> values() const { return values_; }
  void Permute(const std::vector<std::uint32_t>& order);
  static BooleanColumn Spliced(const BooleanColumn& earlier, const BooleanColumn& later,
                               const Splice& rows);

 private:
  std::vector<Value> values_;
};

}  // namespace seatkeeper
