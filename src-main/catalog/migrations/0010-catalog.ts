/** Sources, what was found in them (a cache), and verifications (evidence: never deleted by re-indexing). */
export const migration0010 = {
  number: 10,
  sql: `
create table source (
  source_id integer primary key autoincrement,
  path text not null unique,
  name text not null,
  opened_at_us integer not null,
  indexed_at_us integer,
  fingerprint text,
  snapshot_id integer,
  error text,
  index_job_id integer,
  backup_count integer not null default 0,
  unsound_backup_count integer not null default 0,
  stored_bytes integer not null default 0,
  is_forgotten integer not null default 0
) strict;

-- what one index run saw of a source; a run writes a new one beside the current one and then switches over
create table snapshot (
  snapshot_id integer primary key autoincrement,
  source_id integer not null references source on delete cascade
) strict;

create table backup (
  snapshot_id integer not null references snapshot on delete cascade,
  backup_id integer not null,
  state text not null,
  created_at_us integer not null,
  sequence integer not null,
  schema_version text not null,
  file_count integer not null,
  logical_bytes integer not null,
  exclusive_bytes integer not null,
  entry_count integer,
  database_id text,
  manifest_sequence integer,
  app_metadata blob,
  meta_text text not null,
  meta_digest text not null,
  damage_count integer not null,
  primary key (snapshot_id, backup_id)
) strict, without rowid;

create table file (
  file_id integer primary key,
  snapshot_id integer not null references snapshot on delete cascade,
  path text not null,
  role text not null,
  size_bytes integer,
  modified_at_us integer,
  use_count integer not null default 0,
  entry_count integer,
  deletion_count integer,
  range_deletion_count integer,
  compression text,
  block_checksum text,
  format_version integer,
  created_at_us integer,
  problem text,
  unique (snapshot_id, path)
) strict;

create table file_use (
  snapshot_id integer not null,
  backup_id integer not null,
  file_id integer not null references file on delete cascade,
  database_name text not null,
  crc32c integer,
  expected_size_bytes integer,
  is_excluded integer not null,
  column_family_id integer,
  column_family_name text,
  level integer,
  smallest_key blob,
  largest_key blob,
  problem text,
  primary key (snapshot_id, backup_id, file_id),
  foreign key (snapshot_id, backup_id) references backup on delete cascade
) strict, without rowid;
create index file_use_by_file on file_use (file_id, backup_id);

create table column_family (
  snapshot_id integer not null,
  backup_id integer not null,
  column_family_id integer not null,
  name text not null,
  comparator text not null,
  primary key (snapshot_id, backup_id, column_family_id),
  foreign key (snapshot_id, backup_id) references backup on delete cascade
) strict, without rowid;

create table damage (
  snapshot_id integer not null,
  backup_id integer not null,
  ordinal integer not null,
  file text not null,
  offset_bytes integer,
  structure text not null,
  problem text not null,
  expected text,
  found text,
  primary key (snapshot_id, backup_id, ordinal),
  foreign key (snapshot_id, backup_id) references backup on delete cascade
) strict, without rowid;

create table verification (
  verification_id integer primary key autoincrement,
  source_id integer not null,
  source_path text not null,
  level text not null,
  outcome text not null,
  started_at_us integer not null,
  finished_at_us integer not null,
  file_count integer not null,
  checked_bytes integer not null,
  unprovable_file_count integer not null,
  problem_count integer not null
) strict;
create index verification_by_source on verification (source_id, finished_at_us);

create table verification_backup (
  verification_id integer not null references verification,
  backup_id integer not null,
  meta_digest text not null,
  outcome text not null,
  primary key (verification_id, backup_id)
) strict, without rowid;
create index verification_backup_by_backup on verification_backup (backup_id, meta_digest, verification_id);

create table verification_problem (
  verification_id integer not null references verification,
  ordinal integer not null,
  path text not null,
  kind text not null,
  expected text,
  found text,
  backup_ids text not null,
  backup_count integer not null,
  primary key (verification_id, ordinal)
) strict, without rowid;
`,
}
