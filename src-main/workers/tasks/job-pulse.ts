import { ControlSwitch } from '#base/abort.ts'
import type { JobShare } from '../messages.ts'

const ROWS_BETWEEN_PULSES = 1024

/** What a long task does once in a while: it tells how far it is, and stops or waits when asked to. */
export class JobPulse {
  readonly #control: ControlSwitch
  readonly #counter: Int32Array
  #rowCount = 0

  constructor({ control, counter }: JobShare) {
    this.#control = new ControlSwitch(control)
    this.#counter = new Int32Array(counter)
  }

  /** Call it for every row. @throws StoppedError */
  row(): void {
    this.#rowCount += 1
    if (this.#rowCount % ROWS_BETWEEN_PULSES === 0) this.beat(ROWS_BETWEEN_PULSES)
  }

  /** @throws StoppedError */
  beat(doneCount: number): void {
    Atomics.add(this.#counter, 0, doneCount)
    this.#control.checkpoint()
  }
}
