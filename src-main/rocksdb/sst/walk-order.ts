import { type BlockHandle, blockEnd } from './block-handle.ts'

/**
 * Where a walk over blocks stands in the file. Every step must lead past the block it comes from, so that handles that
 * lie in a circle cannot keep a walk going.
 */
export class WalkOrder {
  /** a step forward leads to this byte or behind it */
  floorBytes = 0
  /** a step back leads to a block that ends here or before */
  ceilingBytes = Number.POSITIVE_INFINITY

  /** The next step may lead anywhere. */
  forget(): void {
    this.floorBytes = 0
    this.ceilingBytes = Number.POSITIVE_INFINITY
  }

  standOn(handle: BlockHandle): void {
    this.floorBytes = blockEnd(handle)
    this.ceilingBytes = handle.offsetBytes
  }

  /** Stands behind the block, no longer on it. */
  leaveForward(): void {
    if (this.floorBytes > 0) this.ceilingBytes = this.floorBytes
  }

  /** Stands before the block, no longer on it. */
  leaveBackward(): void {
    if (this.ceilingBytes < Number.POSITIVE_INFINITY) this.floorBytes = this.ceilingBytes
  }
}
