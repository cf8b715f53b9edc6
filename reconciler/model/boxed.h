#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace seatkeeper {

/// An optional whose value stands elsewhere: for what few of very many things have, so that the
/// others give it no more than a pointer's room. A value like any other: copied with what it holds.
template <typename T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(std::nullopt_t) {}                                           // NOLINT: as optional
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT: as optional
  Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) { return *this = Boxed(other); }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  T& emplace() { return *(value_ = std::make_unique<T>()); }

  bool has_value() const { return value_.get() != nullptr; }
  explicit operator bool() const { return has_value(); }
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }
  T* operator->() { return value_.get(); }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a.has_value() == b.has_value() && (!a.has_value() || *a == *b);
  }

 private:
  std::unique_ptr<T> value_;
};

/// A vector for what few of very many things have: the others give it no more than a pointer's
/// room. A value like any other.
template <typename T>
class BoxedVector {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  BoxedVector() = default;
  BoxedVector(std::vector<T> values)  // NOLINT: as vector
      : values_(values.empty() ? nullptr : std::make_unique<std::vector<T>>(std::move(values))) {}
  BoxedVector(std::initializer_list<T> values) : BoxedVector(std::vector<T>(values)) {}
  BoxedVector(const BoxedVector& other) : BoxedVector(other.values()) {}
  BoxedVector(BoxedVector&&) noexcept = default;
  BoxedVector& operator=(const BoxedVector& other) { return *this = BoxedVector(other); }
  BoxedVector& operator=(BoxedVector&&) noexcept = default;
  BoxedVector& operator=(std::initializer_list<T> values) { return *this = BoxedVector(values); }
  ~BoxedVector() = default;

  /// As they stand; none where there are none.
  const std::vector<T>& values() const {
    static const std::vector<T> none;
    return values_.get() != nullptr ? *values_ : none;
  }
  operator const std::vector<T>&() const { return values(); }  // NOLINT: as vector

  bool empty() const { return values_.get() == nullptr || values_->empty(); }
  std::size_t size() const { return values().size(); }
  const T* data() const { return values().data(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  T* begin() { return empty() ? nullptr : values_->data(); }
  T* end() { return empty() ? nullptr : values_->data() + values_->size(); }
  const T& at(std::size_t i) const { return values().at(i); }
  const T& operator[](std::size_t i) const { return values()[i]; }
  T& operator[](std::size_t i) { return (*values_)[i]; }
  const T& front() const { return values().front(); }
  T& front() { return values_->front(); }
  const T& back() const { return values().back(); }

  void push_back(T value) { Own().push_back(std::move(value)); }
  template <typename... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    return Own().emplace_back(std::forward<Arguments>(arguments)...);
  }
  void clear() { values_.reset(); }

  friend bool operator==(const BoxedVector& a, const BoxedVector& b) {
    return a.values() == b.values();
  }
  friend bool operator==(const BoxedVector& a, const std::vector<T>& b) { return a.values() == b; }

 private:
  std::vector<T>& Own() {
    if (values_ == nullptr) values_ = std::make_unique<std::vector<T>>();
    return *values_;
  }

  std::unique_ptr<std::vector<T>> values_;
};

}  // namespace seatkeeper
