import { syncBuiltinESMExports } from 'node:module'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import zlib from 'node:zlib'

/** A single request above this is refused: the machine itself must live on. */
const REFUSED_BYTES = 1024 * 1024 * 1024
/** how exact a peak is: garbage is collected once for so many bytes */
const SAMPLED_BYTES = 4 * 1024 * 1024

const arrayNames = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const
const bufferMakers = ['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'from', 'concat'] as const
const unpackers = [
  'inflateSync',
  'inflateRawSync',
  'gunzipSync',
  'unzipSync',
  'brotliDecompressSync',
  'zstdDecompressSync',
] as const

// biome-ignore lint/complexity/noBannedTypes: any constructor or function of the runtime
type Callable = Function

let requestedBytes = 0
let onRequest: ((bytes: number) => void) | null = null

/**
 * Counts the bytes of every array, buffer and unpacked result that is asked for in this thread, garbage or not: an
 * upper bound of what was held at once. Call it once, before what is measured is imported or run.
 */
export function installMemoryMeter(): void {
  for (const name of arrayNames) {
    const original: Callable = globalThis[name]
    const proxy: Callable = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number') refuse(args[0])
        const made = Reflect.construct(target, args, newTarget === proxy ? target : newTarget)
        const isView = args[0] instanceof ArrayBuffer || args[0] instanceof SharedArrayBuffer
        if (!isView) count(made.byteLength)
        return made
      },
    })
    Object.assign(globalThis, { [name]: proxy })
  }
  wrap(Object.getPrototypeOf(Uint8Array.prototype), ['slice', 'map', 'filter', 'toSorted', 'toReversed', 'with'])
  wrap(Buffer, bufferMakers)
  wrap(zlib, unpackers)
  syncBuiltinESMExports()
  setFlagsFromString('--expose-gc')
}

function wrap(owner: object, names: readonly string[]): void {
  const functions = owner as Record<string, Callable>
  for (const name of names) {
    const original = functions[name]!
    functions[name] = function wrapped(this: unknown, ...args: unknown[]) {
      if (typeof args[0] === 'number' && owner === Buffer) refuse(args[0])
      const made = Reflect.apply(original, this, args) as { byteLength: number }
      if (!(args[0] instanceof ArrayBuffer)) count(made.byteLength)
      return made
    }
  }
}

function refuse(items: number): void {
  if (items > REFUSED_BYTES) throw new Error(`asked for ${items} bytes or items at once`)
}

function count(bytes: number): void {
  requestedBytes += bytes
  onRequest?.(bytes)
}

function heldBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/** Requested bytes and growth of the heap since it was made. */
export class QuickMeter {
  readonly #requestedBefore = requestedBytes
  readonly #heapBefore = getHeapStatistics().used_heap_size

  /** An upper bound but for heap garbage that was collected meanwhile, which the heap limit of the thread bounds. */
  takenBytes(): number {
    const heapGrowth = getHeapStatistics().used_heap_size - this.#heapBefore
    return requestedBytes - this.#requestedBefore + Math.max(0, heapGrowth)
  }
}

/** What `run` held at most at once, by collecting garbage again and again: exact to 4 MiB, and slow. */
export async function peakBytes(run: () => unknown): Promise<number> {
  const collectOnce = runInNewContext('gc') as () => void
  const collectGarbage = (): void => {
    // arrays are freed behind the back of the first collection
    collectOnce()
    collectOnce()
  }
  collectGarbage()
  const before = heldBytes()
  let peak = 0
  const sample = (): void => {
    collectGarbage()
    peak = Math.max(peak, heldBytes() - before)
  }
  let unsampledBytes = 0
  onRequest = (bytes) => {
    unsampledBytes += bytes
    if (unsampledBytes < SAMPLED_BYTES) return
    unsampledBytes = 0
    sample()
  }
  try {
    await run()
  } catch {
    // judged before
  } finally {
    onRequest = null
  }
  peak = Math.max(peak, heldBytes() - before)
  return peak
}
