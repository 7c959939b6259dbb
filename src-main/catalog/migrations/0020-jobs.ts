/** Jobs, and the processes that own the running ones. */
export const migration0020 = {
  number: 20,
  sql: `
create table core_instance (
  instance_id text primary key,
  process_id integer not null,
  heartbeat_us integer not null
) strict, without rowid;

create table job (
  job_id integer primary key autoincrement,
  kind text not null,
  title text not null,
  source_id integer,
  backup_id integer,
  state text not null,
  input text not null,
  progress text,
  created_at_us integer not null,
  started_at_us integer,
  finished_at_us integer,
  active_us integer not null default 0,
  error text,
  result text,
  is_resumable integer not null default 0,
  instance_id text
) strict;
create index job_by_state on job (state);
`,
}
