// What RocksDB itself needs to read a database: the reference of the reader benchmark. It only reads.
//
//   read_database scan <database>             every entry, key and value
//   read_database open <database>             open with the logs replayed into memory, first row read
//   read_database log <database>              the logs read and their batches taken apart, nothing kept
//   read_database get <database> <keys file>  each 16-byte key of the file, with an empty block cache before each
//
// Prints JSON: {seconds, bytes, readBytes, entries, figures}. Opening is counted, except for `get`.

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr size_t kKeyBytes = 16;
constexpr size_t kBlockCacheBytes = 64 << 20;

using Clock = std::chrono::steady_clock;

void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "read_database: %s\n", status.ToString().c_str());
  std::exit(1);
}

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::unique_ptr<rocksdb::DB> Open(const rocksdb::Options& options, const std::string& directory) {
  rocksdb::DB* opened = nullptr;
  Check(rocksdb::DB::OpenForReadOnly(options, directory, &opened));
  return std::unique_ptr<rocksdb::DB>(opened);
}

uint64_t LogBytes(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") bytes += entry.file_size();
  }
  return bytes;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + static_cast<double>(microseconds) / 1e6;
}

struct Outcome {
  double seconds = 0;
  uint64_t bytes = 0;
  uint64_t entries = 0;
  std::string figures;
};

Outcome Scan(const std::string& directory) {
  Outcome outcome;
  uint64_t checksum = 0;
  const auto start = Clock::now();
  const auto db = Open(rocksdb::Options(), directory);
  const std::unique_ptr<rocksdb::Iterator> iterator(db->NewIterator(rocksdb::ReadOptions()));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const rocksdb::Slice value = iterator->value();
    outcome.entries += 1;
    outcome.bytes += iterator->key().size() + value.size();
    if (!value.empty()) checksum += static_cast<unsigned char>(value[value.size() - 1]);
  }
  Check(iterator->status());
  outcome.seconds = SecondsSince(start);
  outcome.figures = ", \"lastByteSum\": " + std::to_string(checksum);
  return outcome;
}

Outcome OpenToFirstRow(const std::string& directory) {
  Outcome outcome;
  const auto start = Clock::now();
  const auto db = Open(rocksdb::Options(), directory);
  const std::unique_ptr<rocksdb::Iterator> iterator(db->NewIterator(rocksdb::ReadOptions()));
  iterator->SeekToFirst();
  Check(iterator->status());
  if (!iterator->Valid()) std::exit(1);
  outcome.seconds = SecondsSince(start);
  outcome.bytes = LogBytes(directory);
  outcome.entries = db->GetLatestSequenceNumber();
  return outcome;
}

class OperationCounter : public rocksdb::WriteBatch::Handler {
 public:
  uint64_t operations = 0;

  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override { return Count(); }
  rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice&) override { return Count(); }
  rocksdb::Status SingleDeleteCF(uint32_t, const rocksdb::Slice&) override { return Count(); }
  rocksdb::Status MergeCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override { return Count(); }

 private:
  rocksdb::Status Count() {
    operations += 1;
    return rocksdb::Status::OK();
  }
};

class CountingFilter : public rocksdb::WalFilter {
 public:
  OperationCounter counter;

  WalProcessingOption LogRecordFound(unsigned long long, const std::string&, const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch*, bool*) override {
    Check(batch.Iterate(&counter));
    return WalProcessingOption::kIgnoreCurrentRecord;
  }

  const char* Name() const override { return "CountingFilter"; }
};

Outcome WalkLogs(const std::string& directory) {
  Outcome outcome;
  CountingFilter filter;
  rocksdb::Options options;
  options.wal_filter = &filter;
  const auto start = Clock::now();
  const auto db = Open(options, directory);
  outcome.seconds = SecondsSince(start);
  outcome.bytes = LogBytes(directory);
  outcome.entries = filter.counter.operations;
  return outcome;
}

Outcome Get(const std::string& directory, const std::string& keys_path) {
  std::ifstream keys(keys_path, std::ios::binary);
  const auto cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  const auto db = Open(options, directory);

  Outcome outcome;
  std::vector<double> milliseconds;
  std::string value;
  for (std::string key(kKeyBytes, '\0'); keys.read(key.data(), kKeyBytes);) {
    cache->EraseUnRefEntries();
    const auto start = Clock::now();
    Check(db->Get(rocksdb::ReadOptions(), key, &value));
    const double seconds = SecondsSince(start);
    outcome.seconds += seconds;
    outcome.bytes += key.size() + value.size();
    outcome.entries += 1;
    milliseconds.push_back(seconds * 1000);
  }
  if (milliseconds.empty()) std::exit(1);
  const double first = milliseconds.front();
  std::sort(milliseconds.begin(), milliseconds.end());
  const size_t last = milliseconds.size() - 1;
  char figures[128];
  std::snprintf(figures, sizeof figures, ", \"medianMs\": %.6f, \"p99Ms\": %.6f, \"firstMs\": %.6f",
                milliseconds[last / 2], milliseconds[last * 99 / 100], first);
  outcome.figures = figures;
  return outcome;
}

double PeakRssMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int Report(const Outcome& outcome) {
  const auto bytes = static_cast<unsigned long long>(outcome.bytes);
  std::printf("{\"seconds\": %.6f, \"bytes\": %llu, \"readBytes\": %llu, \"entries\": %llu, ", outcome.seconds, bytes,
              bytes, static_cast<unsigned long long>(outcome.entries));
  std::printf("\"figures\": {\"cpuSeconds\": %.6f, \"peakRssMebibytes\": %.1f%s}}\n", CpuSeconds(), PeakRssMebibytes(),
              outcome.figures.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc >= 3 ? argv[1] : "";
  if (command == "scan" && argc == 3) return Report(Scan(argv[2]));
  if (command == "open" && argc == 3) return Report(OpenToFirstRow(argv[2]));
  if (command == "log" && argc == 3) return Report(WalkLogs(argv[2]));
  if (command == "get" && argc == 4) return Report(Get(argv[2], argv[3]));
  std::fprintf(stderr, "usage: read_database scan|open|log <database> | get <database> <keys file>\n");
  return 2;
}
