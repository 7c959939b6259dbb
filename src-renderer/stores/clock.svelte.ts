/** The time now, as a thing that changes: once a second, for ages and the clock in the status bar. */
export class Clock {
  nowUs = $state(Date.now() * 1_000)

  start(signal: AbortSignal): void {
    const timer = setInterval(() => {
      this.nowUs = Date.now() * 1_000
    }, 1_000)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }
}
