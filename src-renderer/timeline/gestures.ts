import { timeAt, type View, zoomed } from './view.ts'

/** What a timeline is moved by. */
export type Moves = {
  readonly widthPx: () => number
  readonly view: () => View
  readonly bounds: () => View
  readonly look: (view: View) => void
  readonly pan: (byPx: number) => void
  readonly pick: (x: number, y: number) => void
}

const clickPx = 4

/** Fingers, pens and the mouse: one drags, two pinch, and one that did not move picks. */
export class Gestures {
  readonly #moves: Moves
  readonly #pointers = new Map<number, number>()
  #startX = 0
  #isDrag = false

  constructor(moves: Moves) {
    this.#moves = moves
  }

  down(pointerId: number, x: number): void {
    this.#pointers.set(pointerId, x)
    this.#startX = x
    this.#isDrag = this.#pointers.size > 1
  }

  move(pointerId: number, x: number): void {
    const before = this.#pointers.get(pointerId)
    if (before === undefined) return
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1]
    if (other !== undefined) this.#pinch(Math.abs(before - other), Math.abs(x - other), (x + other) / 2)
    else if (this.#isDrag || Math.abs(x - this.#startX) > clickPx) {
      this.#isDrag = true
      this.#moves.pan(before - x)
    } else return
    this.#pointers.set(pointerId, x)
  }

  up(pointerId: number, x: number, y: number): void {
    if (this.#pointers.delete(pointerId) && !this.#isDrag) this.#moves.pick(x, y)
  }

  cancel(pointerId: number): void {
    this.#pointers.delete(pointerId)
  }

  #pinch(beforePx: number, afterPx: number, middleX: number): void {
    const { view, bounds, widthPx, look } = this.#moves
    if (afterPx < 1) return
    look(zoomed(view(), bounds(), timeAt(view(), widthPx(), middleX), beforePx / afterPx))
  }
}
