import type { DroppedContent } from './snapshot-record.ts'

/** What a snapshot cannot carry, or what no import takes from it. Follows docs/formats/samyama.md §3.1 and §3.2. */
const details = {
  edge_creation_timestamps: 'Edges carry no creation time: they come back without one.',
  non_finite_numbers: 'NaN and infinite numbers have no JSON form: they come back as null, or leave their vector.',
  surrounding_white_space: 'An import trims strings: white space at their start and end is lost.',
  type_tag_maps: 'A map with a key __type is taken for a tagged value: it may come back as another type.',
  repeated_property_names: 'A name stored twice in one map keeps its last value.',
} as const

export type LossKind = keyof typeof details

/** Counts what is lost on the way into a snapshot. */
export class Losses {
  readonly #counts = new Map<LossKind, number>()

  add(kind: LossKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  /** What was lost, in the form of a snapshot's header, sorted by name. */
  list(): DroppedContent[] {
    const kinds = [...this.#counts].sort(([left], [right]) => (left < right ? -1 : 1))
    return kinds.map(([what, count]) => ({ what, count, detail: details[what] }))
  }
}
