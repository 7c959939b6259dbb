/** Added servers with what was last known of them, and every changing command that was sent (evidence: never deleted). */
export const migration0030 = {
  number: 30,
  sql: `
create table server (
  server_id integer primary key autoincrement,
  name text not null,
  host text not null,
  port integer not null,
  user_name text,
  -- it was added with one, which is in memory only
  needs_password integer not null,
  is_tls integer not null,
  ca_pem text,
  -- the process whose sandbox it is; null for servers that do not end with one
  demo_instance_id text,
  source_id integer references source,
  added_at_us integer not null,
  product text,
  status text,
  backup_count integer,
  newest_backup_at_us integer,
  backup_list text,
  checked_at_us integer
) strict;
create unique index server_by_address on server (host, port, coalesce(user_name, ''));

create table sent_command (
  sent_command_id integer primary key autoincrement,
  server_id integer not null,
  server_name text not null,
  address text not null,
  user_name text,
  command text not null,
  sent_at_us integer not null,
  outcome text not null,
  finished_at_us integer,
  reply text
) strict;
create index sent_command_by_server on sent_command (server_id);
`,
}
