/** A version of a key as one comparable text. */
export function entryText(userKey: Uint8Array, sequence: number, type: number, value: Uint8Array): string {
  return `${latin1(userKey)}@${sequence}:${type}=${latin1(value)}`
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
