import type { Input } from '../../../support/fuzz/target.ts'
import { fixtureBytes, fixtureNames } from '../fixtures.ts'

/** Every fixture file whose path matches, each by itself. */
export function fixtureInputs(pattern: RegExp): Input[] {
  return fixtureNames('.')
    .filter((name) => pattern.test(name))
    .map((name) => ({ name, files: new Map([[name, fixtureBytes(name)]]) }))
}

/** A fixture directory as one set of files, named as in the directory. */
export function directoryInput(name: string, directory: string, without: RegExp): Input {
  const names = fixtureNames(directory).filter((file) => !without.test(file))
  return { name, files: new Map(names.map((file) => [file, fixtureBytes(`${directory}/${file}`)])) }
}

/** Inputs of one piece of bytes each, equal ones once. */
export function pieceInputs(name: string, pieces: Iterable<Uint8Array>): Input[] {
  const unique = new Map([...pieces].map((bytes) => [Buffer.from(bytes).toString('latin1'), bytes]))
  return [...unique.values()].map((bytes, index) => ({
    name: `${name} ${index}`,
    files: new Map([[name, new Uint8Array(bytes)]]),
  }))
}

/** The file of an input that has one. */
export function onlyFile(files: ReadonlyMap<string, Uint8Array>): [name: string, bytes: Uint8Array] {
  return [...files][0]!
}

/** The number in the name of a log; 1 for a fixture without one. */
export function logNumberOf(name: string): number {
  return Number(/(\d{6})\.log$/.exec(name)?.[1] ?? 1)
}
