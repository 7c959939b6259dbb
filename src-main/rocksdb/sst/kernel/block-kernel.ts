import { kernelBinary } from './kernel-binary.ts'

// Checksums and decompression in WebAssembly (kernel.as): a native module costs more for a call than a block of four
// kilobytes costs for its bytes. Each thread has one instance with a memory of fixed size; blocks that do not fit in it
// are left to the caller.

type KernelExports = {
  readonly memory: WebAssembly.Memory
  xxh3(at: number, length: number): number
  lz4(from: number, fromEnd: number, to: number, toEnd: number): number
  snappy(from: number, fromEnd: number, to: number, toEnd: number): number
}

/** XXH3 treats shorter inputs in other ways, which the kernel does not know. */
const XXH3_BYTES_MIN = 241
/** the kernel's constants lie below */
const WINDOW_AT = 64 * 1024
/** what the kernel may touch behind a range */
const SPARE_BYTES = 64
/** small enough that what was read is still in the second-level cache when it is hashed */
const WINDOW_BYTES = 256 * 1024
const INPUT_AT = WINDOW_AT + WINDOW_BYTES + SPARE_BYTES
const BLOCK_BYTES_MAX = 2 * 1024 * 1024
const OUTPUT_AT = INPUT_AT + BLOCK_BYTES_MAX + SPARE_BYTES

const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(kernelBinary, 'base64')))
const kernel = instance.exports as KernelExports
const { buffer } = kernel.memory
const memory = new Uint8Array(buffer)
const input = memory.subarray(INPUT_AT, INPUT_AT + BLOCK_BYTES_MAX)

/** Memory for a reader that is alone in this thread while it reads: hashing bytes in it needs no copy. */
export const kernelWindow = memory.subarray(WINDOW_AT, WINDOW_AT + WINDOW_BYTES)

/** The low half of the XXH3-64 hash of bytes[0, length); null when the length is not one for the kernel. */
export function kernelXxh3(bytes: Uint8Array, length: number): number | null {
  if (length < XXH3_BYTES_MIN) return null
  if (bytes.buffer === buffer) return kernel.xxh3(bytes.byteOffset, length) >>> 0
  if (bytes.length > BLOCK_BYTES_MAX) return null
  input.set(bytes)
  return kernel.xxh3(INPUT_AT, length) >>> 0
}

/** The same of a range of `kernelWindow`. */
export function kernelWindowXxh3(at: number, length: number): number | null {
  return length < XXH3_BYTES_MIN ? null : kernel.xxh3(WINDOW_AT + at, length) >>> 0
}

/**
 * Decodes a raw LZ4 or Snappy block into all of `output`. False when it is damaged or too large for the kernel; then
 * `output` has not been touched.
 */
export function kernelDecode(codec: 'lz4' | 'snappy', stored: Uint8Array, start: number, output: Uint8Array): boolean {
  const storedBytes = stored.length - start
  if (storedBytes > BLOCK_BYTES_MAX || output.length > BLOCK_BYTES_MAX) return false
  input.set(start === 0 ? stored : stored.subarray(start))
  const isDecoded = kernel[codec](INPUT_AT, INPUT_AT + storedBytes, OUTPUT_AT, OUTPUT_AT + output.length)
  if (isDecoded === 0) return false
  output.set(memory.subarray(OUTPUT_AT, OUTPUT_AT + output.length))
  return true
}
