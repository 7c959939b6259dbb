import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'

const RESTORED = '.restored-'
const PREVIOUS = '.before-'

/** Where a database is restored that is to take the place of the one in `dataPath`. */
export function pathBeside(dataPath: string, nowUs: number): string {
  return `${dataPath}${RESTORED}${nowUs}`
}

/**
 * Moves a database aside and a restored one to where it was; a crash between the two is mended by `finishSwitch`.
 * @returns where the one before lies now
 * @throws AppError; nothing was moved then
 */
export function putInPlace(restoredPath: string, dataPath: string, layer: FileLayer = nodeFileLayer): string {
  const previousPath = restoredPath.replace(RESTORED, PREVIOUS)
  try {
    layer.rename(dataPath, previousPath)
    try {
      layer.rename(restoredPath, dataPath)
    } catch (cause) {
      layer.rename(previousPath, dataPath)
      throw cause
    }
    syncDirectory(dirname(dataPath), layer)
    return previousPath
  } catch (cause) {
    throw fileError(cause, dataPath)
  }
}

/** Undoes `putInPlace`. @throws AppError */
export function putBack(
  previousPath: string,
  { dataPath, restoredPath }: { readonly dataPath: string; readonly restoredPath: string },
  layer: FileLayer = nodeFileLayer,
): void {
  try {
    layer.rename(dataPath, restoredPath)
    layer.rename(previousPath, dataPath)
    syncDirectory(dirname(dataPath), layer)
  } catch (cause) {
    throw fileError(cause, dataPath)
  }
}

/**
 * Where a process was killed between the two moves, there is no database in `dataPath`, and an empty one would be made: the
 * second move is made up for.
 * @throws AppError
 */
export function finishSwitch(dataPath: string, layer: FileLayer = nodeFileLayer): void {
  if (existsSync(dataPath)) return
  const folder = dirname(dataPath)
  const name = basename(dataPath)
  try {
    const found = new Set(existsSync(folder) ? readdirSync(folder) : [])
    const [newest] = [...found]
      .filter((each) => each.startsWith(`${name}${RESTORED}`))
      .filter((each) => found.has(each.replace(RESTORED, PREVIOUS)))
      .toSorted()
      .toReversed()
    if (newest === undefined) return
    layer.rename(join(folder, newest), dataPath)
    syncDirectory(folder, layer)
  } catch (cause) {
    throw fileError(cause, dataPath)
  }
}
