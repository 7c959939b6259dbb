import { lstatSync } from 'node:fs'
import { AppError } from '#base/app-error.ts'
import type { Damage } from '#base/damage.ts'
import { syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { BackupDirectory } from '../../backup-directory.ts'
import { fileDamage } from '../../indexed.ts'
import type { RepositoryWriter } from '../writer.ts'

/** What a removal did. */
export type Removed = { readonly fileCount: number; readonly freedBytes: number; readonly problems: readonly Damage[] }

const PROBLEMS_MAX = 100

/** Removes files one by one and counts what they took; the lock is looked at before each. */
export class FileRemover {
  readonly #writer: RepositoryWriter
  readonly #directory: BackupDirectory
  readonly #problems: Damage[] = []
  #fileCount = 0
  #freedBytes = 0

  constructor(writer: RepositoryWriter, directory: BackupDirectory) {
    this.#writer = writer
    this.#directory = directory
  }

  /** @throws AppError REPOSITORY_BUSY, ACCESS_DENIED, IO_FAILED; a file that is gone already is none */
  remove(relativePath: string): void {
    this.#writer.assertHeld()
    const path = this.#directory.locate(relativePath)
    try {
      const stat = lstatSync(path, { throwIfNoEntry: false })
      if (stat === undefined) return
      this.#writer.layer.removeFile(path)
      this.#fileCount += 1
      this.#freedBytes += stat.size
    } catch (cause) {
      throw fileError(cause, relativePath)
    }
  }

  /** Removes files of one folder, and makes that last; one that stays is noted, and does not keep the others. */
  removeAll(folder: string, relativePaths: readonly string[]): void {
    if (relativePaths.length === 0) return
    for (const path of relativePaths) this.attempt(path, () => this.remove(path))
    this.attempt(folder, () => this.sync(folder))
  }

  /** @throws AppError IO_FAILED */
  sync(folder: string): void {
    try {
      syncDirectory(this.#directory.locate(folder), this.#writer.layer)
    } catch (cause) {
      throw cause instanceof AppError ? cause : fileError(cause, folder)
    }
  }

  /** Notes what the disk refuses; a lost lock ends everything. */
  attempt(relativePath: string, step: () => void): void {
    try {
      step()
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code === 'REPOSITORY_BUSY') throw cause
      if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(fileDamage(relativePath, cause.facts.message))
    }
  }

  get removed(): Removed {
    return { fileCount: this.#fileCount, freedBytes: this.#freedBytes, problems: this.#problems }
  }
}
