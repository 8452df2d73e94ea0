#pragma once

#include <boost/asio/ssl.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>
#include <string>

#include "support/http_peer.hpp"

namespace gridpilot::test {

/// A self-signed certificate for 127.0.0.1 with its key, both PEM.
struct Certificate {
  std::string certificate, key;
};

inline Certificate self_signed_certificate() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86'400);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test peer"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* const alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate.get(), alternative, -1);
  X509_EXTENSION_free(alternative);
  X509_sign(certificate.get(), key.get(), EVP_sha256());

  const auto text_of = [](BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
  };
  BIO* const certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_text, certificate.get());
  BIO* const key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.certificate = text_of(certificate_text), .key = text_of(key_text)};
}

/// An HTTPS server on loopback that gives every request the same answer, or of it only the first bytes and then nothing
/// more: the connection is closed without TLS' farewell.
class TlsPeer {
 public:
  TlsPeer(net::asio::io_context& io, const Certificate& certificate, std::string body,
          std::optional<std::size_t> truncate_at = std::nullopt)
      : state_(std::make_shared<State>(io, certificate, std::move(body))) {
    state_->truncate_at = truncate_at;
    net::asio::co_spawn(io, accept(state_), [](const std::exception_ptr&) {});
  }
  ~TlsPeer() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;
  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port()) + path;
  }
  [[nodiscard]] int requests() const { return state_->requests; }

 private:
  using Tcp = net::asio::ip::tcp;
  struct State {
    State(net::asio::io_context& io, const Certificate& certificate, std::string text)
        : acceptor(io, {net::asio::ip::address_v4::loopback(), 0}),
          context(net::asio::ssl::context::tls_server),
          body(std::move(text)) {
      context.use_certificate(net::asio::buffer(certificate.certificate), net::asio::ssl::context::pem);
      context.use_private_key(net::asio::buffer(certificate.key), net::asio::ssl::context::pem);
    }
    Tcp::acceptor acceptor;
    net::asio::ssl::context context;
    std::string body;
    int requests = 0;
    std::optional<std::size_t> truncate_at;
  };

  static net::Awaitable<void> accept(std::shared_ptr<State> state) {
    const auto executor = co_await net::asio::this_coro::executor;
    while (state->acceptor.is_open()) {
      auto socket = co_await state->acceptor.async_accept(net::asio::use_awaitable);
      net::asio::co_spawn(executor, serve(state, std::move(socket)), [](const std::exception_ptr&) {});
    }
  }
  static net::Awaitable<void> serve(std::shared_ptr<State> state, Tcp::socket socket) {
    net::asio::ssl::stream<Tcp::socket> stream(std::move(socket), state->context);
    co_await stream.async_handshake(net::asio::ssl::stream_base::server, net::asio::use_awaitable);
    std::string text;
    std::array<char, 4096> buffer{};
    while (true) {
      while (text.find("\r\n\r\n") == std::string::npos) {
        const std::size_t size = co_await stream.async_read_some(net::asio::buffer(buffer), net::asio::use_awaitable);
        text.append(buffer.data(), size);
      }
      text.clear();
      ++state->requests;
      // Without a length only TLS can tell that the answer is torn.
      std::string answer = state->truncate_at
                               ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + state->body
                               : response("200 OK", "Content-Type: application/json\r\n", state->body);
      if (state->truncate_at) answer.resize(std::min(answer.size(), *state->truncate_at));
      co_await net::asio::async_write(stream, net::asio::buffer(answer), net::asio::use_awaitable);
      if (state->truncate_at) co_return;
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace gridpilot::test
