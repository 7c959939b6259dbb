// Goal: what is found is exactly what is there. Method: random small graphs and patterns; all assignments of nodes and
// edges to the pattern are tried in plain loops, and all paths are enumerated, without anything of the engine.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryGraphOf, type PlainEdge, type PlainGraph, plainGraphs } from './random-graph.ts'
import { rows } from './run.ts'

const seed = Number(process.env.LIFEBOAT_SEED ?? Date.now() % 2 ** 31)
const options = { seed, numRuns: 400 }

const arrows = { out: ['-', '->'], in: ['<-', '-'], both: ['-', '-'] } as const
type Direction = keyof typeof arrows

type NodeWish = { readonly label: string | null; readonly x: number | null }
type EdgeWish = { readonly edgeTypes: readonly string[]; readonly direction: Direction; readonly w: number | null }

const nodeWish: fc.Arbitrary<NodeWish> = fc.record({
  label: fc.constantFrom(null, null, null, 'A', 'B'),
  x: fc.constantFrom(null, null, null, null, null, null, 0, 1),
})
const edgeWish: fc.Arbitrary<EdgeWish> = fc.record({
  edgeTypes: fc.constantFrom([], [], [], ['T'], ['U'], ['T', 'U']),
  direction: fc.constantFrom<Direction>('out', 'in', 'both'),
  w: fc.constantFrom(null, null, null, null, 1),
})

type Where = { readonly text: string; readonly holds: (x: (place: number) => number | null) => boolean | null }

/** Comparisons of x of two of the nodes, and what AND, OR and NOT make of them, in three values. */
function wheres(nodes: number): fc.Arbitrary<Where> {
  const place = fc.nat({ max: nodes - 1 })
  const operator = fc.constantFrom('=', '<>', '<', '<=')
  const comparison = fc.tuple(place, operator, fc.oneof(place, fc.constant(null))).map(
    ([left, sign, right]): Where => ({
      text: right === null ? `a${left}.x IS NULL` : `a${left}.x ${sign} a${right}.x`,
      holds: (x) => (right === null ? x(left) === null : compared(sign, x(left), x(right))),
    }),
  )
  const { tree } = fc.letrec<{ tree: Where }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      comparison,
      tie('tree').map((inner): Where => ({ text: `NOT (${inner.text})`, holds: (x) => not(inner.holds(x)) })),
      fc.tuple(tie('tree'), tie('tree')).map(
        ([left, right]): Where => ({
          text: `(${left.text}) AND (${right.text})`,
          holds: (x) => and(left.holds(x), right.holds(x)),
        }),
      ),
      fc.tuple(tie('tree'), tie('tree')).map(
        ([left, right]): Where => ({
          text: `(${left.text}) OR (${right.text})`,
          holds: (x) => not(and(not(left.holds(x)), not(right.holds(x)))),
        }),
      ),
    ),
  }))
  return fc.oneof(tree, fc.constant({ text: 'true', holds: () => true }))
}

function compared(sign: string, left: number | null, right: number | null): boolean | null {
  if (left === null || right === null) return null
  return { '=': left === right, '<>': left !== right, '<': left < right, '<=': left <= right }[sign] ?? null
}

function not(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth
}

function and(left: boolean | null, right: boolean | null): boolean | null {
  if (left === false || right === false) return false
  return left === null || right === null ? null : true
}

type Pattern = { readonly nodes: readonly NodeWish[]; readonly edges: readonly EdgeWish[]; readonly where: Where }

const patterns: fc.Arbitrary<Pattern> = fc.constantFrom(1, 2, 2, 2, 3, 3, 4).chain((length) =>
  fc.record({
    nodes: fc.array(nodeWish, { minLength: length, maxLength: length }),
    edges: fc.array(edgeWish, { minLength: length - 1, maxLength: length - 1 }),
    where: wheres(length),
  }),
)

function nodeText({ label, x }: NodeWish, name: string): string {
  return `(${name}${label === null ? '' : `:${label}`}${x === null ? '' : ` {x: ${x}}`})`
}

function edgeText({ edgeTypes, direction, w }: EdgeWish, name: string, length = ''): string {
  const types = edgeTypes.length === 0 ? '' : `:${edgeTypes.join('|')}`
  const [left, right] = arrows[direction]
  return `${left}[${name}${types}${length}${w === null ? '' : ` {w: ${w}}`}]${right}`
}

function patternText({ nodes, edges }: Pattern): string {
  return nodes
    .map(
      (node, index) =>
        `${index === 0 ? '' : edgeText(edges[index - 1]!, `r${index - 1}`)}${nodeText(node, `a${index}`)}`,
    )
    .join('')
}

function fitsNode(graph: PlainGraph, place: number, { label, x }: NodeWish): boolean {
  const node = graph.nodes[place]!
  return (label === null || node.labels.includes(label)) && (x === null || node.x === x)
}

function fitsEdge(edge: PlainEdge, { edgeTypes, w }: EdgeWish): boolean {
  return (edgeTypes.length === 0 || edgeTypes.includes(edge.edgeType)) && (w === null || edge.w === w)
}

function joins({ from, to }: PlainEdge, left: number, right: number, direction: Direction): boolean {
  const out = from === left && to === right
  const back = from === right && to === left
  return direction === 'out' ? out : direction === 'in' ? back : out || back
}

/** All tuples of `length` numbers below `size`. */
function* tuples(size: number, length: number): Generator<number[]> {
  if (length === 0) yield []
  else for (const rest of tuples(size, length - 1)) for (let next = 0; next < size; next += 1) yield [...rest, next]
}

function bruteForce(graph: PlainGraph, { nodes, edges, where }: Pattern): string[] {
  const found: string[] = []
  for (const places of tuples(graph.nodes.length, nodes.length)) {
    if (!places.every((place, index) => fitsNode(graph, place, nodes[index]!))) continue
    if (where.holds((index) => graph.nodes[places[index]!]!.x) !== true) continue
    for (const used of tuples(graph.edges.length, edges.length)) {
      if (new Set(used).size < used.length) continue
      const fits = used.every((id, index) => {
        const edge = graph.edges[id]!
        const wish = edges[index]!
        return fitsEdge(edge, wish) && joins(edge, places[index]!, places[index + 1]!, wish.direction)
      })
      if (fits) found.push([...places.map((place) => `n${place}`), ...used.map((id) => `r${id}`)].join())
    }
  }
  return found.sort()
}

function names(pattern: Pattern): string {
  return [
    ...pattern.nodes.map((_node, index) => `a${index}`),
    ...pattern.edges.map((_edge, index) => `r${index}`),
  ].join()
}

test(`chains with WHERE are found as by trying everything (seed ${seed})`, () => {
  let matches = 0
  fc.assert(
    fc.property(plainGraphs(8), patterns, (plain, pattern) => {
      const text = `MATCH ${patternText(pattern)} WHERE ${pattern.where.text} RETURN ${names(pattern)}`
      const found = rows(text, { graph: memoryGraphOf(plain) }).map((row) => row.join())
      matches += found.length
      expect(found.sort()).toEqual(bruteForce(plain, pattern))
    }),
    options,
  )
  expect(matches).toBeGreaterThan(200)
})

test(`the same chain in two parts, in two MATCH clauses or after its nodes finds the same (seed ${seed})`, () => {
  fc.assert(
    fc.property(plainGraphs(8), patterns, (plain, pattern) => {
      const graph = memoryGraphOf(plain)
      const ending = `WHERE ${pattern.where.text} RETURN ${names(pattern)}`
      const run = (text: string) =>
        rows(`${text} ${ending}`, { graph })
          .map((row) => row.join())
          .sort()
      const whole = run(`MATCH ${patternText(pattern)}`)
      const parts = pattern.edges.map((edge, index) => `(a${index})${edgeText(edge, `r${index}`)}(a${index + 1})`)
      const nodes = pattern.nodes.map((node, index) => nodeText(node, `a${index}`))
      expect(run(`MATCH ${[...parts.toReversed(), ...nodes].join(', ')}`)).toEqual(whole)
      expect(run(`MATCH ${nodes.join(', ')} WITH * MATCH ${[...parts, '(a0)'].join(', ')}`)).toEqual(whole)
    }),
    options,
  )
})

type LongWish = { readonly edge: EdgeWish; readonly from: number; readonly to: number; readonly target: NodeWish }

const longWishes: fc.Arbitrary<LongWish> = fc
  .record({ edge: edgeWish, from: fc.nat({ max: 2 }), more: fc.nat({ max: 3 }), target: nodeWish })
  .map(({ edge, from, more, target }) => ({ edge, from, to: from + more, target }))

/** Every walk from a node that uses no edge twice, with its nodes and edges. */
function* walks(
  graph: PlainGraph,
  place: number,
  wish: EdgeWish,
  edges: readonly number[],
): Generator<{ place: number; edges: readonly number[] }> {
  yield { place, edges }
  for (const [id, edge] of graph.edges.entries()) {
    if (edges.includes(id) || !fitsEdge(edge, wish)) continue
    for (let next = 0; next < graph.nodes.length; next += 1)
      if (joins(edge, place, next, wish.direction)) yield* walks(graph, next, wish, [...edges, id])
  }
}

function enumerated(graph: PlainGraph, { edge, from, to, target }: LongWish): string[] {
  return graph.nodes
    .flatMap((_node, start) =>
      [...walks(graph, start, edge, [])]
        .filter((walk) => walk.edges.length >= from && walk.edges.length <= to && fitsNode(graph, walk.place, target))
        .map((walk) => `n${start},n${walk.place},${walk.edges.map((id) => `r${id}`).join()}`),
    )
    .sort()
}

test(`paths of variable length are those that enumeration finds, from either end (seed ${seed})`, () => {
  let matches = 0
  const backwards = { out: 'in', in: 'out', both: 'both' } as const
  fc.assert(
    fc.property(plainGraphs(6), longWishes, (plain, wish) => {
      const graph = memoryGraphOf(plain)
      const length = `*${wish.from}..${wish.to}`
      const found = (text: string) => rows(text, { graph }).map(([a, b, r]) => `${a},${b},${(r as string[]).join()}`)
      const forward = found(`MATCH (a)${edgeText(wish.edge, 'r', length)}${nodeText(wish.target, 'b')} RETURN a, b, r`)
      matches += forward.length
      const expected = enumerated(plain, wish)
      expect(forward.sort()).toEqual(expected)
      const turned = { ...wish.edge, direction: backwards[wish.edge.direction] }
      const backward = rows(`MATCH ${nodeText(wish.target, 'b')}${edgeText(turned, 'r', length)}(a) RETURN a, b, r`, {
        graph,
      })
      expect(backward.map(([a, b, r]) => `${a},${b},${(r as string[]).toReversed().join()}`).sort()).toEqual(expected)
      const bound = found(
        `MATCH (a), ${nodeText(wish.target, 'b')} MATCH (a)${edgeText(wish.edge, 'r', length)}(b) RETURN a, b, r`,
      )
      expect(bound.sort()).toEqual(expected)
    }),
    options,
  )
  expect(matches).toBeGreaterThan(200)
})

test(`the nodes along a path are the ends of its edges in turn (seed ${seed})`, () => {
  fc.assert(
    fc.property(plainGraphs(6), longWishes, (plain, wish) => {
      const text = `MATCH p = (a)${edgeText(wish.edge, 'r', `*${wish.from}..${wish.to}`)}(b) RETURN a, b, nodes(p), relationships(p), r, length(p)`
      for (const [a, b, nodes, edges, r, length] of rows(text, { graph: memoryGraphOf(plain) })) {
        const places = (nodes as string[]).map((node) => Number(node.slice(1)))
        expect([places[0], places.at(-1)]).toEqual([Number(`${a}`.slice(1)), Number(`${b}`.slice(1))])
        expect(edges).toEqual(r)
        expect(length).toBe(BigInt(places.length - 1))
        for (const [index, edge] of (edges as string[]).entries())
          expect(
            joins(plain.edges[Number(edge.slice(1))]!, places[index]!, places[index + 1]!, wish.edge.direction),
          ).toBe(true)
      }
    }),
    options,
  )
})
