import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './say.mjs'

const pollMs = 200
/** the guard is held for microseconds; older means that its holder died */
const guardAgeMsMax = 10_000

/** @param {number} durationMs */
function pause(durationMs) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}

/**
 * A pid alone is not an identity: containers restart their numbers. Linux adds the start time.
 * @param {number} pid
 * @returns {string | undefined} undefined for a process that is dead but not collected by its parent
 */
function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : `${pid} ${fields[18]}`
  } catch {
    return `${pid}`
  }
}

/** @param {string} identity */
function isAlive(identity) {
  const pid = Number(identity.split(' ')[0])
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
  return !identity.includes(' ') || identify(pid) === identity
}

/** @param {string} path */
function readHolders(path) {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean)
  } catch {
    return undefined
  }
}

/**
 * Removes the lock if all its holders are dead. The guard makes sure that no second waiter removes the
 * lock of a third one that came in between.
 * @param {string} path
 */
function removeIfDead(path) {
  const guard = `${path}.guard`
  try {
    mkdirSync(guard)
  } catch {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > guardAgeMsMax) rmSync(guard, { recursive: true, force: true })
    return
  }
  try {
    const holders = readHolders(path)
    if (holders !== undefined && !holders.some(isAlive)) rmSync(path, { force: true })
  } finally {
    rmdirSync(guard)
  }
}

/**
 * Takes the set-up lock of this checkout, waiting for another live set-up and taking over from a dead one.
 * A child registered with `addHolder` keeps the lock alive when this process is killed: npm goes on working then.
 * @param {string} folder where the lock lies; made if missing
 */
export function takeSetupLock(folder) {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'setup.lock')
  const mine = `${path}.${process.pid}`
  const self = identify(process.pid)
  let told = false
  for (;;) {
    writeFileSync(mine, `${self}\n`)
    try {
      // a link appears with its content; a created file would be empty for a moment
      linkSync(mine, path)
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    } finally {
      rmSync(mine, { force: true })
    }
    const holders = readHolders(path)
    if (holders === undefined) continue
    if (!holders.some(isAlive)) {
      removeIfDead(path)
      continue
    }
    if (!told) say(`another set-up is at work (process ${holders[0]?.split(' ')[0]}), waiting for it`)
    told = true
    pause(pollMs)
  }
  return {
    /** @param {number} pid */
    addHolder: (pid) => writeFileSync(path, `${self}\n${identify(pid)}\n`),
    release: () => rmSync(path, { force: true }),
  }
}
