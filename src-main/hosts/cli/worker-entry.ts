/** The worker threads' code beside this one: the built bundle, or the source when running from source. */
export function workerEntry(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return isSource ? new URL('../../workers/worker-main.ts', import.meta.url) : new URL('./worker.js', import.meta.url)
}

/** The command line's program itself: the built bundle, or the source when running from source. */
export function cliEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './cli.js', import.meta.url)
}
