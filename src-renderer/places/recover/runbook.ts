import { shellWord } from '../../base/shell-text.ts'

export type RunbookStep = { readonly what: string; readonly line: string | null }

/** How to switch over to a restored directory, and back. @param server null: not known which server it was */
export function runbookOf(targetPath: string, server: { host: string; port: number } | null): readonly RunbookStep[] {
  const target = shellWord(targetPath)
  const full = server === null ? null : `redis-cli -h ${shellWord(server.host)} -p ${server.port} ADMIN.BACKUP CREATE`
  return [
    {
      what: 'Let RocksDB itself look at the restored directory, with an ldb that is as new as the server',
      line: `ldb --db=${target} --ignore_unknown_options checkconsistency`,
    },
    { what: 'Name the data directory of the server', line: 'LIVE=/path/of/the/live/data' },
    { what: 'Stop the server as it is stopped where it runs, and make sure that it is down', line: null },
    { what: 'Put its data aside. It is your way back: keep it', line: 'mv "$LIVE" "$LIVE.before-recovery"' },
    { what: 'Put the restored data in its place', line: `cp -a ${target} "$LIVE"` },
    {
      what: 'Give it to the user that the server runs as',
      line: 'chown -R --reference="$LIVE.before-recovery" "$LIVE"',
    },
    { what: 'Start the server, and look whether the data is what you expect', line: null },
    { what: 'Make a full backup at once: the restored database is a new line of commits', line: full },
    {
      what: 'If it is not: stop the server, and go back',
      line: 'mv "$LIVE" "$LIVE.recovered" && mv "$LIVE.before-recovery" "$LIVE"',
    },
  ]
}
