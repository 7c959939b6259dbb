// What RocksDB itself needs to restore the newest backup of a directory, its files on the disk at the end: the reference
// of the recovery benchmark. Opening the backup directory is counted: ours reads its metadata as well.
//
//   restore_backup <backup directory> <target> <background threads>
//
// RocksDB proves the checksums of what it restores, but leaves the files in the page cache: they are synced here, one by
// one, as ours are. Prints JSON: {seconds, cpuSeconds, bytes}; bytes is what the newest backup consists of.

#include <fcntl.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "restore_backup: %s\n", status.ToString().c_str());
  std::exit(1);
}

void Sync(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY);
  if (descriptor < 0 || fsync(descriptor) != 0) {
    std::perror(path.c_str());
    std::exit(1);
  }
  close(descriptor);
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: restore_backup <backup directory> <target> <background threads>\n");
    return 2;
  }
  rocksdb::BackupEngineOptions options(argv[1]);
  options.sync = true;
  options.max_background_operations = std::atoi(argv[3]);

  const double cpu_before = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  Check(rocksdb::BackupEngineReadOnly::Open(rocksdb::Env::Default(), options, &opened));
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  Check(engine->RestoreDBFromLatestBackup(argv[2], argv[2]));
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) Sync(entry.path());
  Sync(argv[2]);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu_seconds = CpuSeconds() - cpu_before;

  std::vector<rocksdb::BackupInfo> backups;
  engine->GetBackupInfo(&backups);
  if (backups.empty()) return 1;
  std::printf("{\"seconds\": %.6f, \"cpuSeconds\": %.6f, \"bytes\": %llu}\n", seconds, cpu_seconds,
              static_cast<unsigned long long>(backups.back().size));
  return 0;
}
