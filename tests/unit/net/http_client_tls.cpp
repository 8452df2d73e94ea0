#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "gridpilot/net/curl_loop.hpp"
#include "gridpilot/net/http_client.hpp"
#include "support/tls_peer.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using gridpilot::test::Certificate;
using gridpilot::test::TlsPeer;
using testing::HasSubstr;

class HttpsClient : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "gridpilot-tls-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream(folder_ / "ca.pem") << certificate_.certificate;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Result<HttpResponse> get(HttpClientOptions options, std::string url) {
    Result<HttpResponse> result = failure(ErrorCode::bug, "not asked");
    HttpClient client(io_.get_executor(), std::move(options));
    test::run(io_, [](HttpClient* asked, std::string wanted, Result<HttpResponse>* out) -> Awaitable<void> {
      *out = co_await asked->get({.url = std::move(wanted)});
    }(&client, std::move(url), &result));
    return result;
  }
  const Certificate certificate_ = gridpilot::test::self_signed_certificate();
  asio::io_context io_;
  TlsPeer peer_{io_, certificate_, "{}"};
  std::filesystem::path folder_;
};

TEST_F(HttpsClient, RefusesASelfSignedCertificate) {
  const auto result = get({}, peer_.url("/"));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::rejected) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr("certificate"));
  EXPECT_EQ(peer_.requests(), 0) << "nothing may be sent to a peer that is not trusted";
}

TEST_F(HttpsClient, TrustsTheCertificateFileItIsGiven) {
  const auto result = get({.ca_file = folder_ / "ca.pem"}, peer_.url("/"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->body, "{}");
}

TEST_F(HttpsClient, FindsACertificateInAHashedFolder) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(certificate_.certificate.data(), static_cast<int>(certificate_.certificate.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
  char name[16];
  std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(certificate.get()));
  std::filesystem::rename(folder_ / "ca.pem", folder_ / name);
  const auto result = get({.ca_folder = folder_}, peer_.url("/"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->body, "{}");
}

TEST_F(HttpsClient, RefusesACertificateForAnotherName) {
  std::string url = peer_.url("/");
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  const auto result = get({.ca_file = folder_ / "ca.pem"}, url);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::rejected) << result.error().message;
}

TEST_F(HttpsClient, SaysThatItsCertificateFileIsMissing) {
  const auto result = get({.ca_file = folder_ / "none.pem"}, peer_.url("/"));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::io_failure) << result.error().message;
}

TEST(CertificateFolder, IsTheSystemsWhereItIsHashed) {
  const std::string folder = hashed_certificate_folder();
  if (!std::filesystem::exists("/etc/ssl/certs/ca-certificates.crt")) GTEST_SKIP() << "no system certificates here";
  EXPECT_EQ(folder, "/etc/ssl/certs");
}

}  // namespace
}  // namespace gridpilot::net
