#pragma once

#include <string>
#include <string_view>

#include "tests/simulator/message.h"

namespace seatkeeper::sim {

// A registered certificate, as far as assertions are judged by it.
struct CertificateFacts {
  std::string sha256;  // of its DER form, raw bytes
  std::string sha1;
  WallTimeMs not_before;
  WallTimeMs not_after;
  std::string key;  // PEM
};

// Throws std::invalid_argument where the text is no certificate.
CertificateFacts ReadCertificate(const std::string& pem);

// Whether `signature` over `text` is of the holder of the public key. Algorithms PS256 and RS256
// (RFC 7518, 3.3 and 3.5); false for any other.
bool IsSignedBy(const std::string& key_pem, const std::string& algorithm, std::string_view text,
                std::string_view signature);

}  // namespace seatkeeper::sim
