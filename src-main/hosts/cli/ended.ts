/** Resolves when the process is asked to end, by a signal or by `end`. A second signal ends it at once. */
export function untilEnded(): { readonly promise: Promise<void>; readonly end: () => void } {
  let end: () => void = () => {}
  let isEnding = false
  const promise = new Promise<void>((resolve) => {
    end = resolve
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(130)
      isEnding = true
      end()
    })
  }
  return { promise, end }
}
