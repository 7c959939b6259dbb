import { watch } from 'node:fs'

/** Ends a watch. */
export type LogWatch = { close(): void }

/**
 * Calls `wake` soon after a database has written to its logs, or made a new one; many writes may be one call. It saves waiting
 * for the next poll and replaces none: null where the system has no watches left, and some file systems never call.
 * @param path of the directory that holds the logs
 */
export function watchLogs(path: string, wake: () => void): LogWatch | null {
  try {
    const watcher = watch(path, { persistent: false }, (_event, name) => {
      if (name === null || name.endsWith('.log')) wake()
    })
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    // the caller polls anyway
    return null
  }
}
