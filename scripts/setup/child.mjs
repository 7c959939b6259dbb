import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
let forwarding = false

function forwardSignals() {
  if (forwarding) return
  forwarding = true
  for (const signal of forwarded) {
    process.on(signal, () => {
      if (running.size === 0) process.exit(128 + constants.signals[signal])
      for (const child of running) child.kill(signal)
    })
  }
}

/**
 * Runs a program to its end, never through a shell, and passes SIGINT, SIGTERM and SIGHUP on to it.
 * @param {string} file
 * @param {string[]} args
 * @param {{
 *   cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, capture?: boolean, stdoutToStderr?: boolean,
 *   onStart?: (pid: number) => void,
 * }} [options] `capture` collects stdout and stderr into `output` in place of showing them
 * @returns {Promise<{ exitCode: number, output: string }>} a signal counts as 128 + its number, a failed start as 127
 */
export function runChild(file, args, options = {}) {
  forwardSignals()
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.capture
        ? ['ignore', 'pipe', 'pipe']
        : ['inherit', options.stdoutToStderr ? 2 : 'inherit', 'inherit'],
    })
    running.add(child)
    if (child.pid !== undefined) options.onStart?.(child.pid)
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))

    /** @param {number} exitCode @param {string} [failure] */
    const finish = (exitCode, failure) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ exitCode, output: Buffer.concat(chunks).toString('utf8') + (failure ?? '') })
    }
    child.on('error', (error) => finish(127, error.message))
    child.on('close', (code, signal) => finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}
