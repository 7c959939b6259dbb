import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { removeIfThere } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { makeFolder } from '../sealed-file.ts'
import type { RepositoryWriter } from '../writer.ts'
import { holderBytes, type LockFile, type LockHolder, type LockProgram } from './holder.ts'
import { HolderWatch } from './holder-watch.ts'
import { asAppError, lockBusy, lockLost } from './lock-errors.ts'
import { claimPath, createLockFile, LOCKS_FOLDER, lockPath, overwriteLockFile, readLockFile } from './lock-files.ts'
import type { ProcessFacts } from './process-facts.ts'

/** how often the holder says that it is alive */
export const HEARTBEAT_INTERVAL_US = 5_000_000
/** processes that died one after the other while they followed; a chain of files cannot be endless */
const CLAIMS_MAX = 1000
const TRIES_MAX = 8
const RETRY_INTERVAL_MS = 1000

export type WriterLockOptions = {
  readonly root: string
  readonly layer: FileLayer
  readonly clock: Clock
  readonly program: LockProgram
  /** a fresh uuid */
  readonly instanceId: string
  readonly process: ProcessFacts
}

export type WaitingOptions = {
  readonly signal?: AbortSignal | undefined
  readonly onWaiting: (refusal: AppError) => void
  /** how time passes */
  readonly wait?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined
}

/**
 * One writer for a repository, over processes and machines (docs/formats/repository.md, locks/writer.json). The file is
 * created exclusively; a heartbeat overwrites it in place. When the holder is gone, the one who creates
 * `.after-<its instance>.json` may follow it, and nobody else: of any number that try at once one wins. Whoever died
 * while following is followed in the same way.
 */
export class WriterLock {
  readonly #options: WriterLockOptions
  readonly #path: string
  readonly #watch: HolderWatch
  #self: LockHolder

  constructor(options: WriterLockOptions) {
    const { host, processId, processSpace, processStart } = options.process
    const nowUs = options.clock.nowUs()
    this.#options = options
    this.#path = lockPath(options.root)
    this.#watch = new HolderWatch(options.process, options.clock)
    this.#self = {
      instanceId: options.instanceId,
      host,
      processId,
      processSpace,
      processStart,
      startedAtUs: nowUs,
      heartbeatAtUs: nowUs,
      program: options.program,
    }
  }

  /**
   * Takes the lock. A holder on another machine counts as gone only after 60 seconds without a heartbeat since this
   * object saw it first: refused, one calls it again later.
   * @throws AppError REPOSITORY_BUSY with who holds it; ACCESS_DENIED, DISK_FULL, IO_FAILED
   */
  acquire(): RepositoryWriter {
    const { root, layer } = this.#options
    makeFolder(root, LOCKS_FOLDER, layer)
    try {
      for (let attempt = 1; ; attempt += 1) {
        const found = readLockFile(this.#path)
        const isHeld = found === null ? createLockFile(this.#path, this.#nextBytes(), layer) : this.#follow(found)
        if (isHeld) break
        // others come and go as fast as we look
        if (attempt === TRIES_MAX) throw lockBusy(root, found?.holder ?? null)
      }
      this.#clearClaims()
    } catch (cause) {
      throw asAppError(cause, root)
    }
    return heldWriter(this.#options)
  }

  /**
   * Takes the lock as acquire does, again and again every second, until the time is over. Of a holder that cannot be
   * judged at once more than 60 seconds are needed. One that is known to live on this machine is not waited for.
   * @param options.onWaiting called once, when it turns out that there is something to wait for
   * @throws AppError REPOSITORY_BUSY, the last refusal; ACCESS_DENIED, DISK_FULL, IO_FAILED at once; the signal's reason
   */
  async acquireWithin(milliseconds: number, options: WaitingOptions): Promise<RepositoryWriter> {
    const { signal, onWaiting, wait = sleep } = options
    const { clock } = this.#options
    const beganAtUs = clock.monotonicUs()
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted()
      try {
        return this.acquire()
      } catch (cause) {
        const isBusy = cause instanceof AppError && cause.code === 'REPOSITORY_BUSY'
        const leftMs = milliseconds - (clock.monotonicUs() - beganAtUs) / 1000
        if (!isBusy || leftMs <= 0 || this.#isHolderAlive()) throw cause
        if (tries === 1) onWaiting(cause)
        await wait(Math.min(leftMs, RETRY_INTERVAL_MS), signal)
      }
    }
  }

  /**
   * Says that the holder is alive; to be called every HEARTBEAT_INTERVAL_US.
   * @throws AppError REPOSITORY_BUSY: the lock is lost, for good; this process must not write any more. Anything else
   * (IO_FAILED, DISK_FULL, ACCESS_DENIED): the disk refused, the lock is still this process's, and the next heartbeat may
   * succeed; after 60 seconds without one others may take the lock, which then is REPOSITORY_BUSY. A heartbeat that the
   * disk wrote half makes the lock nobody's: it counts as lost.
   */
  beat(): void {
    const { root, layer, instanceId } = this.#options
    let isOurs: boolean
    try {
      isOurs = overwriteLockFile(this.#path, instanceId, this.#nextBytes(), layer)
    } catch (cause) {
      heldWriter(this.#options).assertHeld()
      throw asAppError(cause, root)
    }
    if (!isOurs) throw lockLost(root, this.#holder())
  }

  /** Gives the lock back; what another process took meanwhile is left alone. */
  release(): void {
    if (readLockFile(this.#path)?.key === this.#options.instanceId) removeIfThere(this.#path, this.#options.layer)
  }

  #isHolderAlive(): boolean {
    const found = readLockFile(this.#path)
    return found !== null && this.#watch.judge(found) === 'alive'
  }

  /** Who holds the lock, if that can be told. */
  #holder(): LockHolder | null {
    try {
      return readLockFile(this.#path)?.holder ?? null
    } catch {
      // only the text of an error hangs on it
      return null
    }
  }

  /** Follows a holder that is gone; false when another one was faster. @throws AppError REPOSITORY_BUSY */
  #follow(found: LockFile): boolean {
    const { root, layer } = this.#options
    if (this.#watch.judge(found) !== 'gone') throw lockBusy(root, found.holder)
    const claim = this.#claim(found.key)
    if (claim === null) return false
    try {
      // whoever claimed before and finished has removed its claim after it wrote its lock
      const isUnchanged = readLockFile(this.#path)?.content === found.content
      if (isUnchanged) this.#replaceLock()
      else removeIfThere(claim, layer)
      return isUnchanged
    } catch (cause) {
      removeIfThere(claim, layer)
      throw cause
    }
  }

  #replaceLock(): void {
    const { root, layer, instanceId } = this.#options
    const temporary = join(root, LOCKS_FOLDER, `.writer.json.${instanceId}.tmp`)
    removeIfThere(temporary, layer)
    createLockFile(temporary, this.#nextBytes(), layer)
    layer.rename(temporary, this.#path)
  }

  /**
   * Creates the claim to follow a holder, or to follow the one who died with that claim; null when a claimant went away
   * meanwhile, and all has to be looked at again.
   */
  #claim(goneKey: string): string | null {
    const { root, layer } = this.#options
    let key = goneKey
    for (let depth = 0; depth < CLAIMS_MAX; depth += 1) {
      const path = claimPath(root, key)
      if (createLockFile(path, this.#nextBytes(), layer)) return path
      const claimant = readLockFile(path)
      if (claimant === null) return null
      if (this.#watch.judge(claimant) !== 'gone') throw lockBusy(root, claimant.holder)
      key = claimant.key
    }
    throw lockBusy(root, null)
  }

  /** What others claimed of holders before us means nothing any more: our lock is written. */
  #clearClaims(): void {
    const { root, layer, instanceId } = this.#options
    heldWriter(this.#options).assertHeld()
    const own = claimPath(root, instanceId)
    for (const name of readdirSync(join(root, LOCKS_FOLDER))) {
      const path = join(root, LOCKS_FOLDER, name)
      if (/^\.(after-|writer\.json\.)/.test(name) && path !== own) removeIfThere(path, layer)
    }
  }

  /** Every heartbeat differs from the one before, also when the clock was set back. */
  #nextBytes(): Uint8Array {
    const nextUs = Math.max(this.#options.clock.nowUs(), this.#self.heartbeatAtUs + 1)
    const { bytes, heartbeatAtUs } = holderBytes({ ...this.#self, heartbeatAtUs: nextUs })
    this.#self = { ...this.#self, heartbeatAtUs }
    return bytes
  }
}

/** The writer of a lock that this process holds: for worker threads that write in the holder's name. */
export function heldWriter(
  options: Pick<WriterLockOptions, 'root' | 'layer' | 'clock' | 'instanceId'>,
): RepositoryWriter {
  const { root, layer, clock, instanceId } = options
  const path = lockPath(root)
  return {
    root,
    layer,
    clock,
    assertHeld() {
      const found = readLockFile(path)
      if (found?.key !== instanceId) throw lockLost(root, found?.holder ?? null)
    },
  }
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal })
  } catch (cause) {
    signal?.throwIfAborted()
    throw cause
  }
}
