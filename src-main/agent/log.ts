import { type Logger, pino } from 'pino'

export type Log = Logger

/** One JSON document a line on standard error, so that standard output stays for answers. */
export function createLog(level: string): Log {
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
}
