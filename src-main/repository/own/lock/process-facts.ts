import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** What tells this process from others, and what it can know of them. */
export type ProcessFacts = {
  readonly host: string
  readonly processId: number
  readonly processSpace: string | null
  readonly processStart: string | null
  /** all processes of this machine are counted together: no containers, which is so everywhere but on Linux */
  readonly hasOneProcessSpace: boolean
  /** when this machine's kernel was started, by the machine's clock of now; null: not known */
  readonly bootedAtUs: number | null
  /** Whether a process of the same process space runs: it has ended, or when it started, or nothing is known. */
  look(processId: number): 'ended' | 'unknown' | { readonly processStart: string }
}

/** This process, as the operating system describes it. Elsewhere than on Linux little is known. */
export function ownProcess(): ProcessFacts {
  const own = look(process.pid)
  return {
    host: hostname(),
    processId: process.pid,
    processSpace: processSpace(),
    processStart: typeof own === 'object' ? own.processStart : null,
    hasOneProcessSpace: process.platform !== 'linux',
    bootedAtUs: bootedAtUs(),
    look,
  }
}

/** Two containers on one kernel count their processes apart; two machines may have one name. */
function processSpace(): string | null {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${bootId} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // no Linux, or a closed /proc: process numbers then prove nothing
    return null
  }
}

/** proc(5), /proc/stat: btime, in seconds. */
function bootedAtUs(): number | null {
  try {
    const seconds = /^btime ([0-9]{1,10})$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]
    return seconds === undefined ? null : Number(seconds) * 1_000_000
  } catch {
    // as for the process space
    return null
  }
}

function look(processId: number): 'ended' | 'unknown' | { processStart: string } {
  try {
    // proc(5): the name stands in brackets and may hold brackets; state is field 3, the start in ticks field 22
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8')
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const processStart = fields[18]
    // a killed process whose parent has not asked for it yet writes nothing any more
    if (state === 'Z' || state === 'X') return 'ended'
    return processStart === undefined ? 'unknown' : { processStart }
  } catch {
    return exists(processId) ? 'unknown' : 'ended'
  }
}

/** /proc may hide the processes of other users. */
function exists(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (cause) {
    return !(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')
  }
}
