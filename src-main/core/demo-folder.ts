import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'

const MARKER = 'lifeboat-demo.json'
const MARKER_BYTES_MAX = 4096

export type DemoFolder = { readonly path: string; readonly dataPath: string; readonly repositoryPath: string }

/**
 * A fresh folder for a demo. An earlier one is removed when a marker in it says that Lifeboat made it.
 * @param isRunning whether the process of this instance, which may have a sandbox there, still runs
 * @throws AppError TARGET_UNUSABLE, TARGET_BUSY, IO_FAILED
 */
export function makeDemoFolder(options: {
  dataFolder: string
  instanceId: string
  isRunning: (instanceId: string) => boolean
}): DemoFolder {
  const path = join(options.dataFolder, 'demo')
  try {
    removeOld(path, options)
    mkdirSync(options.dataFolder, { recursive: true })
    // it appears with its marker or not at all
    const made = mkdtempSync(join(options.dataFolder, 'demo-new-'))
    writeFileSync(join(made, MARKER), `${JSON.stringify({ instanceId: options.instanceId })}\n`)
    renameSync(made, path)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'IO_FAILED',
      {
        message: 'the folder of the demo could not be made',
        subject: path,
        unharmed: 'No backup was touched.',
        nextStep: 'Check free space and permissions of the data folder.',
      },
      { cause },
    )
  }
  return { path, dataPath: join(path, 'data'), repositoryPath: join(path, 'repository') }
}

function removeOld(path: string, options: { instanceId: string; isRunning: (instanceId: string) => boolean }): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  const owner = found.isDirectory() ? ownerOf(path) : null
  if (owner === null) {
    throw new AppError('TARGET_UNUSABLE', {
      message: 'something that is no demo of Lifeboat is where the demo belongs',
      subject: path,
      unharmed: 'It was not touched.',
      nextStep: 'Move it away, then start the demo again.',
    })
  }
  if (owner !== options.instanceId && options.isRunning(owner)) {
    throw new AppError('TARGET_BUSY', {
      message: 'another Lifeboat process of this data folder has made a demo',
      subject: path,
      unharmed: 'Nothing was changed.',
      nextStep: 'Use that demo, or end that process first.',
    })
  }
  // the marker goes last: what is left after a crash is still known as ours
  for (const name of readdirSync(path)) {
    if (name !== MARKER) rmSync(join(path, name), { recursive: true, force: true })
  }
  rmSync(path, { recursive: true, force: true })
}

/** The instance that made it; null when it has no marker of ours. */
function ownerOf(path: string): string | null {
  const marker = join(path, MARKER)
  const found = lstatSync(marker, { throwIfNoEntry: false })
  if (found?.isFile() !== true || found.size > MARKER_BYTES_MAX) return null
  try {
    const parsed: unknown = JSON.parse(readFileSync(marker, 'utf8'))
    const isOurs = typeof parsed === 'object' && parsed !== null && 'instanceId' in parsed
    return isOurs ? String(parsed.instanceId) : null
  } catch {
    return null
  }
}
