import type { Mutation, MutationKind } from './mutations.ts'
import { pick, type Random } from './random.ts'
import type { Files, Input, Target } from './target.ts'

export type MutatedFiles = { readonly files: Files; readonly kind: MutationKind; readonly what: string }

const KINDS: readonly MutationKind[] = ['noise', 'moves', 'repairs']

/** Changes one file of the input, or, of several, now and then two; or takes one away. */
export function mutateFiles(target: Target, input: Input, inputs: readonly Input[], random: Random): MutatedFiles {
  const files = new Map(input.files)
  const names = [...files.keys()]
  const steps: { text: string; kind: MutationKind }[] = []
  if (names.length > 1 && random(50) === 0) {
    const name = pick(names, random)
    files.delete(name)
    return { files, kind: 'noise', what: `${name}: taken away` }
  }
  for (let count = names.length > 1 && random(4) === 0 ? 2 : 1; count > 0; count -= 1) {
    const name = pick(names, random)
    // mutations know where things lie in an original
    if (files.get(name) !== input.files.get(name)) break
    const mutation = pickMutation(target.mutations(name), random)
    const other = otherFile(target, name, inputs, random)
    files.set(name, mutation.apply(files.get(name)!, random, other))
    steps.push({ text: `${name}: ${mutation.name}`, kind: mutation.kind })
  }
  const kind = KINDS.findLast((candidate) => steps.some((step) => step.kind === candidate)) ?? 'noise'
  return { files, kind, what: steps.map((step) => step.text).join(', ') }
}

/** Every kind gets its share, however many mutations there are of it. */
function pickMutation(mutations: readonly Mutation[], random: Random): Mutation {
  const kinds = KINDS.filter((kind) => mutations.some((mutation) => mutation.kind === kind))
  const kind = pick(kinds, random)
  return pick(
    mutations.filter((mutation) => mutation.kind === kind),
    random,
  )
}

function otherFile(target: Target, name: string, inputs: readonly Input[], random: Random): Uint8Array {
  const mutations = target.mutations(name)
  const others = [...pick(inputs, random).files].filter(([candidate]) => target.mutations(candidate) === mutations)
  return others.length === 0 ? new Uint8Array(0) : pick(others, random)[1]
}

/** The first bytes that differ, for a message. */
export function differences(before: Files, after: Files): string {
  const lines = [...before].flatMap(([name, bytes]) => {
    const other = after.get(name)
    if (other === undefined) return [`${name}: gone`]
    const places: string[] = []
    for (let at = 0; at < Math.min(bytes.length, other.length) && places.length < 12; at += 1) {
      if (bytes[at] !== other[at]) places.push(`${at}: ${hex(bytes[at])}→${hex(other[at])}`)
    }
    if (bytes.length !== other.length) places.push(`${bytes.length} → ${other.length} bytes`)
    return places.length === 0 ? [] : [`${name} ${places.join(' ')}`]
  })
  return lines.join('; ')
}

function hex(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0')
}
