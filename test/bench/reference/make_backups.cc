// Makes a directory of BackupEngine backups that share files, for the benchmarks: four column families, data that
// compresses to about half, writes between the backups, one compaction half way. The same arguments make the same
// rows. The directory must not exist; `<directory>.database` is used on the way and removed.
//
//   make_backups <directory> <megabytes stored> <backups>

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr size_t kValueBytes = 400;
constexpr size_t kRowsPerBatch = 500;
constexpr double kStoredShareOfValue = 0.595;  // measured: LZ4 keeps the random half, keys and framing come on top

void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "make_backups: %s\n", status.ToString().c_str());
  std::exit(1);
}

bool HasLz4() {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
}

// splitmix64: small, fast, and the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

// Half random bytes, half one repeated letter.
void FillValue(Random& random, std::string& value) {
  value.assign(kValueBytes, 'x');
  for (size_t at = 0; at + 8 <= kValueBytes / 2; at += 8) {
    const uint64_t word = random.Next();
    for (size_t byte = 0; byte < 8; ++byte) value[at + byte] = static_cast<char>(word >> (8 * byte));
  }
}

struct Writer {
  rocksdb::DB& db;
  const std::vector<rocksdb::ColumnFamilyHandle*>& families;
  Random random{1};
  uint64_t rows = 0;

  // Keys of one call spread over the whole key range, so that every file overlaps every other one.
  void Write(uint64_t count, bool with_log) {
    rocksdb::WriteOptions options;
    options.disableWAL = !with_log;
    std::string value;
    char key[32];
    for (uint64_t done = 0; done < count;) {
      rocksdb::WriteBatch batch;
      for (size_t row = 0; row < kRowsPerBatch && done < count; ++row, ++done, ++rows) {
        const int length = std::snprintf(key, sizeof key, "row:%016llx", static_cast<unsigned long long>(random.Next()));
        FillValue(random, value);
        Check(batch.Put(families[rows % families.size()], rocksdb::Slice(key, static_cast<size_t>(length)), value));
      }
      Check(db.Write(options, &batch));
    }
  }
};

rocksdb::Options DatabaseOptions() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.disable_auto_compactions = true;  // the files depend on the arguments alone, not on timing
  options.level0_slowdown_writes_trigger = 1 << 30;
  options.level0_stop_writes_trigger = 1 << 30;
  options.compression = HasLz4() ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  options.IncreaseParallelism(2);
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_backups <directory> <megabytes stored> <backups>\n");
    return 2;
  }
  const std::string directory = argv[1];
  const uint64_t stored_bytes = std::strtoull(argv[2], nullptr, 10) << 20;
  const uint64_t backups = std::strtoull(argv[3], nullptr, 10);
  if (stored_bytes == 0 || backups == 0) return 2;
  const std::string database_directory = directory + ".database";
  if (std::filesystem::exists(directory) || std::filesystem::exists(database_directory)) {
    std::fprintf(stderr, "make_backups: %s or %s exists\n", directory.c_str(), database_directory.c_str());
    return 1;
  }

  const rocksdb::Options options = DatabaseOptions();
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const char* name : {"default", "accounts", "events", "sessions"}) descriptors.emplace_back(name, options);
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  Check(rocksdb::DB::Open(options, database_directory, descriptors, &families, &opened));
  const std::unique_ptr<rocksdb::DB> db(opened);

  rocksdb::BackupEngineOptions backup_options(directory);
  backup_options.max_background_operations = 2;
  backup_options.sync = false;
  rocksdb::BackupEngine* opened_engine = nullptr;
  Check(rocksdb::BackupEngine::Open(rocksdb::Env::Default(), backup_options, &opened_engine));
  const std::unique_ptr<rocksdb::BackupEngine> engine(opened_engine);

  // Each backup adds one unit; the one after half of them holds all earlier units in new files.
  const uint64_t compacted = backups / 2 + 1;
  const uint64_t units = backups + compacted - 1;
  const double row_bytes = static_cast<double>(kValueBytes) * kStoredShareOfValue;
  const uint64_t rows_per_backup = static_cast<uint64_t>(static_cast<double>(stored_bytes / units) / row_bytes) + 1;

  Writer writer{*db, families};
  for (uint64_t number = 1; number <= backups; ++number) {
    writer.Write(rows_per_backup, false);
    Check(db->Flush(rocksdb::FlushOptions(), families));
    if (number == compacted) {
      for (rocksdb::ColumnFamilyHandle* family : families) {
        Check(db->CompactRange(rocksdb::CompactRangeOptions(), family, nullptr, nullptr));
      }
    }
    writer.Write(rows_per_backup / 100, true);  // a backup holds a write-ahead log as well
    Check(engine->CreateNewBackup(db.get(), false));
  }

  for (rocksdb::ColumnFamilyHandle* family : families) Check(db->DestroyColumnFamilyHandle(family));
  Check(db->Close());
  std::filesystem::remove_all(database_directory);
  std::printf("{\"rows\": %llu, \"backups\": %llu, \"lz4\": %s}\n", static_cast<unsigned long long>(writer.rows),
              static_cast<unsigned long long>(backups), HasLz4() ? "true" : "false");
  return 0;
}
