#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "policy/source.h"

namespace seatkeeper {

/// What kind of trouble an operation met. Callers branch on the kind, never on the text.
enum class ErrorKind {
  kUsage,        ///< The command line is wrong.
  kInvalid,      ///< A policy, config or data file is wrong.
  kUnreachable,  ///< No usable answer from the tenant: network, time-out, 5xx after retries.
  kPermission,   ///< Signed in, but not allowed; or sign-in refused.
  kThrottled,    ///< Told to wait longer than this operation is willing to.
  kIncomplete,   ///< A reading that could not be proven whole. There is no observation.
  kNotFound,     ///< The named thing does not exist.
  kRejected,     ///< The service understood and refused (a definitive 4xx).
  kConflict,     ///< Somebody else holds what is needed (a lease, a concurrent write).
  kStore,        ///< The store could not read or write.
  kIo,           ///< A local file could not be read or written.
  kCancelled,    ///< Stopped on request before it was done.
  kInternal,     ///< A promise of this program was broken. Always a bug.
};

/// What a service said when it refused; kept verbatim for history and support calls.
struct ServiceError {
  int status = 0;            ///< HTTP status.
  std::string code;          ///< The service's own code, for example `Request_BadRequest`.
  std::string request_id;    ///< The service's id of the request, for its support.
  std::string request_date;  ///< Its time of the error as it wrote it, often empty; support asks
                             ///< for both.
  std::optional<std::chrono::milliseconds> retry_after;
};

/// Why an operation did not succeed. `message` is a whole sentence for a person, without position.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;
  std::optional<SourcePosition> position;
  std::optional<ServiceError> service;
};

/// Either a value or an Error. A small stand-in for C++23's std::expected.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*explicit*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*explicit*)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// REQUIRES: ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// REQUIRES: !ok().
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(*explicit*)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

/// Builds visitors for std::visit from lambdas.
template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace seatkeeper
