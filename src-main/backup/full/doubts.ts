import { VERIFIED_PROBLEMS_MAX, type VerifiedBackup } from '../../repository/own/format/records.ts'
import type { BackupMetaFile } from '../../rocksdb/backup-meta.ts'

type Found = { readonly failedAtUs: number; readonly passedAtUs: number }

/**
 * Which files verifications found damaged. The last word on a file counts, whichever backup it was said of: one that was
 * healed is sound again once its bytes were compared.
 */
export class Doubts {
  readonly #found = new Map<string, Found>()

  /** @param files of the backup that was verified; none of an increment, whose chain was looked at as well */
  note(verified: VerifiedBackup, files: readonly BackupMetaFile[]): void {
    const { verifiedAtUs, result, level, problems } = verified
    if (result === 'failed') {
      const named = problems.map((problem) => problem.slice(0, problem.indexOf(': ')))
      // a record that is full may have left some out
      const unnamed = problems.length < VERIFIED_PROBLEMS_MAX ? [] : files.map(({ path }) => path)
      for (const path of [...named, ...unnamed]) this.#failed(path, verifiedAtUs)
    } else if (level !== 'presence') {
      for (const { path } of files) this.#passed(path, verifiedAtUs)
    }
  }

  paths(): ReadonlySet<string> {
    const doubted = [...this.#found].filter(([, { failedAtUs, passedAtUs }]) => failedAtUs > passedAtUs)
    return new Set(doubted.map(([path]) => path))
  }

  #failed(path: string, atUs: number): void {
    const { failedAtUs, passedAtUs } = this.#of(path)
    this.#found.set(path, { failedAtUs: Math.max(failedAtUs, atUs), passedAtUs })
  }

  #passed(path: string, atUs: number): void {
    const { failedAtUs, passedAtUs } = this.#of(path)
    this.#found.set(path, { failedAtUs, passedAtUs: Math.max(passedAtUs, atUs) })
  }

  #of(path: string): Found {
    return this.#found.get(path) ?? { failedAtUs: 0, passedAtUs: 0 }
  }
}
