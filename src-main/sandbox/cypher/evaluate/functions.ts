import type { CypherFunction } from './cypher-function.ts'
import { entityFunctions } from './entity-functions.ts'
import { listFunctions } from './list-functions.ts'
import { numberFunctions } from './number-functions.ts'
import { temporalFunctions } from './temporal-functions.ts'
import { textFunctions } from './text-functions.ts'

const functions: ReadonlyMap<string, CypherFunction> = new Map([
  ...entityFunctions,
  ...listFunctions,
  ...numberFunctions,
  ...temporalFunctions,
  ...textFunctions,
])

/** The function of that name, in lower case; null: there is none. */
export function functionNamed(name: string): CypherFunction | null {
  return functions.get(name) ?? null
}
