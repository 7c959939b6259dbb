import type { MessagePort } from 'node:worker_threads'
import { systemClock } from '#base/clock.ts'
import { toErrorInfo } from '#base/error-info.ts'
import { Archiver, type ArchiverState } from '../backup/archiver/archiver.ts'
import {
  ARCHIVER_FIELDS,
  type ArchiverAnswer,
  type ArchiverRequest,
  type ArchiverThreadOrder,
  type FromArchiver,
  processTimeUs,
  type ToArchiver,
} from './archiver-messages.ts'

/** after a failure: a full disk does not become free within milliseconds */
const RETRY_MS = 1000

/** Archives for ever, and answers requests in between: the whole life of an archiver's thread. */
export class ArchiverThread {
  readonly #port: MessagePort
  readonly #order: ArchiverThreadOrder
  readonly #archiver: Archiver
  readonly #fields: Float64Array
  #hasStarted = false
  #timer: NodeJS.Timeout | null = null
  #toldFacts = ''

  constructor(port: MessagePort, order: ArchiverThreadOrder) {
    const { databaseDirectory, walDirectory, repositoryPath, timeline, startAfterSequence, databaseId, instanceId } =
      order
    this.#port = port
    this.#order = order
    this.#fields = new Float64Array(order.shared)
    this.#archiver = new Archiver({
      databaseDirectory,
      walDirectory,
      repositoryPath,
      timeline,
      startAfterSequence,
      databaseId,
      instanceId,
      clock: systemClock,
    })
    port.on('message', (message: ToArchiver) => this.#answer(message))
    this.#poll()
  }

  #poll(): void {
    let pauseMs = this.#order.pollMs
    try {
      const state = this.#step()
      if (!state.isCaughtUp && state.forked === null) pauseMs = 0
    } catch (thrown) {
      this.#send({ outcome: 'stuck', error: toErrorInfo(thrown) })
      // when it works again, that is told
      this.#toldFacts = ''
      pauseMs = RETRY_MS
    }
    this.#timer = setTimeout(() => this.#poll(), pauseMs)
  }

  #answer(request: ToArchiver): void {
    const { requestId } = request
    try {
      this.#send({ requestId, outcome: 'done', answer: this.#run(request) })
    } catch (thrown) {
      this.#send({ requestId, outcome: 'failed', error: toErrorInfo(thrown) })
    }
    if (request.kind === 'stop') this.#port.close()
  }

  #run(request: ArchiverRequest): ArchiverAnswer {
    if (request.kind === 'step') return this.#catchUp()
    if (request.kind === 'close-increment') {
      // what is new is told before the answer
      this.#catchUp()
      return this.#archiver.closeIncrement(request.afterSequence)
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    try {
      // what was committed since the last look would be missing where the database is lost meanwhile
      this.#catchUp()
    } finally {
      this.#archiver.stop()
    }
    return null
  }

  /** Everything that was written before the call. */
  #catchUp(): ArchiverState {
    let state = this.#step()
    while (!state.isCaughtUp && state.forked === null) state = this.#step()
    return state
  }

  #step(): ArchiverState {
    const startedAtUs = processTimeUs()
    if (!this.#hasStarted) {
      this.#tell(this.#archiver.start())
      this.#hasStarted = true
    }
    const state = this.#archiver.step()
    // what was archived of another history than the database's says nothing about its commits
    const archivedSequence = state.forked === null ? state.archivedSequence : null
    this.#fields[ARCHIVER_FIELDS.archivedSequence] = archivedSequence ?? Number.NaN
    if (state.lastCommitAtUs !== null) this.#fields[ARCHIVER_FIELDS.lastCommitAtUs] = state.lastCommitAtUs
    if (state.isCaughtUp) this.#fields[ARCHIVER_FIELDS.caughtUpAtUs] = startedAtUs
    this.#tell(state)
    return state
  }

  /** Gaps, damages and forks are told once; where the archive is, lies in shared memory. */
  #tell(state: ArchiverState): void {
    const { gaps, damages, forked } = state
    const facts = JSON.stringify({ gaps, forked })
    if (facts === this.#toldFacts && damages.length === 0) return
    this.#toldFacts = facts
    this.#send({ outcome: 'state', state })
  }

  #send(message: FromArchiver): void {
    this.#port.postMessage(message)
  }
}
