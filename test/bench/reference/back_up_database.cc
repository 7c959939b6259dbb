// What RocksDB itself needs for the next backup of a database: the reference of the agent benchmark. Opening the database
// is not counted, opening the backup directory is: an agent looks into its repository as well.
//
//   back_up_database <database> <backup directory> <background threads>
//
// Prints JSON: {seconds, cpuSeconds, backups, bytes}; bytes is what the newest backup consists of.

#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "back_up_database: %s\n", status.ToString().c_str());
  std::exit(1);
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
    std::fprintf(stderr, "usage: back_up_database <database> <backup directory> <background threads>\n");
    return 2;
  }
  rocksdb::Options options;
  options.disable_auto_compactions = true;  // the tables are the same in every run
  rocksdb::DB* opened = nullptr;
  Check(rocksdb::DB::Open(options, argv[1], &opened));
  const std::unique_ptr<rocksdb::DB> db(opened);

  rocksdb::BackupEngineOptions backup_options(argv[2]);
  backup_options.sync = true;
  backup_options.max_background_operations = std::atoi(argv[3]);

  const double cpu_before = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  rocksdb::BackupEngine* opened_engine = nullptr;
  Check(rocksdb::BackupEngine::Open(rocksdb::Env::Default(), backup_options, &opened_engine));
  const std::unique_ptr<rocksdb::BackupEngine> engine(opened_engine);
  Check(engine->CreateNewBackup(db.get(), /*flush_before_backup=*/false));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu_seconds = CpuSeconds() - cpu_before;

  std::vector<rocksdb::BackupInfo> backups;
  engine->GetBackupInfo(&backups);
  if (backups.empty()) return 1;
  std::printf("{\"seconds\": %.6f, \"cpuSeconds\": %.6f, \"backups\": %zu, \"bytes\": %llu}\n", seconds, cpu_seconds,
              backups.size(), static_cast<unsigned long long>(backups.back().size));
  return 0;
}
