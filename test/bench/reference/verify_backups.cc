// What RocksDB itself needs to verify a backup directory with checksums: the reference of the verify benchmark.
//
//   verify_backups <directory> <background threads> all|newest
//
// Prints JSON: {version, openSeconds, verifySeconds, backups, bytes}; bytes counts a shared file once per backup, as
// VerifyBackup reads it.

#include <rocksdb/utilities/backup_engine.h>
#include <rocksdb/version.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "verify_backups: %s\n", status.ToString().c_str());
  std::exit(1);
}

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc == 4 ? argv[3] : "";
  if (which != "all" && which != "newest") {
    std::fprintf(stderr, "usage: verify_backups <directory> <background threads> all|newest\n");
    return 2;
  }
  rocksdb::BackupEngineOptions options(argv[1]);
  options.max_background_operations = std::atoi(argv[2]);

  const auto open_start = std::chrono::steady_clock::now();
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  Check(rocksdb::BackupEngineReadOnly::Open(rocksdb::Env::Default(), options, &opened));
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  const double open_seconds = SecondsSince(open_start);

  std::vector<rocksdb::BackupInfo> backups;
  engine->GetBackupInfo(&backups);
  if (which == "newest" && backups.size() > 1) backups.erase(backups.begin(), backups.end() - 1);

  const auto verify_start = std::chrono::steady_clock::now();
  uint64_t bytes = 0;
  for (const rocksdb::BackupInfo& backup : backups) {
    Check(engine->VerifyBackup(backup.backup_id, /*verify_with_checksum=*/true));
    bytes += backup.size;
  }
  const double verify_seconds = SecondsSince(verify_start);
  std::printf("{\"version\": \"%s\", \"openSeconds\": %.6f, \"verifySeconds\": %.6f, ",
              rocksdb::GetRocksVersionAsString().c_str(), open_seconds, verify_seconds);
  std::printf("\"backups\": %zu, \"bytes\": %llu}\n", backups.size(), static_cast<unsigned long long>(bytes));
  return 0;
}
