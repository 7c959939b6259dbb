import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'

/** Every call that changes a disk, so that a test can make each one fail. Errors are Node's own. */
export interface FileLayer {
  /** flags as in node:fs: 'wx' creates and refuses what exists, 'r' for a directory to sync */
  /** @param mode of a file that it creates; 0o644 when left out */
  open(path: string, flags: 'wx' | 'r' | 'r+', mode?: number): number
  /** writes all of `bytes`; a short write goes on */
  write(descriptor: number, bytes: Uint8Array): void
  truncate(descriptor: number, sizeBytes: number): void
  sync(descriptor: number): void
  close(descriptor: number): void
  makeDirectory(path: string): void
  rename(from: string, to: string): void
  removeFile(path: string): void
  removeDirectory(path: string): void
}

export const nodeFileLayer: FileLayer = {
  open: (path, flags, mode = 0o644) => openSync(path, flags, mode),
  write(descriptor, bytes) {
    let doneBytes = 0
    while (doneBytes < bytes.byteLength) doneBytes += writeSync(descriptor, bytes, doneBytes)
  },
  truncate: ftruncateSync,
  sync: fsyncSync,
  close: closeSync,
  makeDirectory: (path) => void mkdirSync(path),
  rename: renameSync,
  removeFile: unlinkSync,
  removeDirectory: rmdirSync,
}
