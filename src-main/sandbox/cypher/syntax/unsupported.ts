import type { IToken } from 'chevrotain'

/** Words that openCypher or its dialects know at the place of a clause or in a pattern, and this engine does not. */
const clauseWords = new Map<string, string>([
  ['CALL', 'CALL'],
  ['FOREACH', 'FOREACH'],
  ['LOAD', 'LOAD CSV'],
  ['USING', 'USING'],
  ['PROFILE', 'PROFILE'],
  ['EXPLAIN', 'EXPLAIN'],
  ['USE', 'USE'],
  ['FINISH', 'FINISH'],
  ['DROP', 'DROP'],
  ['SHOW', 'SHOW'],
  ['YIELD', 'YIELD'],
  ['NODETACH', 'NODETACH'],
  ['SHORTESTPATH', 'shortestPath'],
  ['ALLSHORTESTPATHS', 'allShortestPaths'],
])

/** Words that begin something when a bracket follows them. */
const wordsBeforeCurly = new Map<string, string>([
  ['EXISTS', 'EXISTS { } (a subquery)'],
  ['COUNT', 'COUNT { } (a subquery)'],
  ['COLLECT', 'COLLECT { } (a subquery)'],
  ['CALL', 'CALL { } (a subquery)'],
])

const functions = new Map<string, string>([
  ['reduce', 'reduce'],
  ['filter', 'filter'],
  ['extract', 'extract'],
  ['shortestpath', 'shortestPath'],
  ['allshortestpaths', 'allShortestPaths'],
  ['percentilecont', 'percentileCont'],
  ['percentiledisc', 'percentileDisc'],
  ['stdev', 'stDev'],
  ['stdevp', 'stDevP'],
])

const schemaObjects = /^(?:INDEX|CONSTRAINT|VECTOR|FULLTEXT|UNIQUE|DATABASE|USER)$/

/** The construct that begins at a token where the grammar had no way on, when it is one we know by name. */
export function unsupportedAt(tokens: readonly IToken[], index: number): { name: string; at: number } | null {
  const token = tokens[index]
  if (token === undefined) return null
  const previous = tokens[index - 1]
  const word = token.image.toUpperCase()
  if (token.image === '{' && previous !== undefined) {
    const name = wordsBeforeCurly.get(previous.image.toUpperCase())
    if (name !== undefined) return { name, at: previous.startOffset }
    if (tokens[index + 1]?.image === '.') return { name: 'a map projection', at: token.startOffset }
  }
  if (token.image === '=~') return { name: '=~ (regular expressions)', at: token.startOffset }
  if (token.image === '|')
    return { name: 'a pattern comprehension or a label expression with |', at: token.startOffset }
  const schema = schemaCommand(tokens, index) ?? schemaCommand(tokens, index - 1)
  if (schema !== null) return schema
  const clause = clauseWords.get(word)
  return clause === undefined ? null : { name: clause, at: token.startOffset }
}

/** `CREATE INDEX` and the like, which begin as the name of a path in CREATE could. */
function schemaCommand(tokens: readonly IToken[], index: number): { name: string; at: number } | null {
  const [word, previous] = [tokens[index]?.image.toUpperCase(), tokens[index - 1]]
  if (word === undefined || previous?.image.toUpperCase() !== 'CREATE' || !schemaObjects.test(word)) return null
  return { name: `CREATE ${word}`, at: previous.startOffset }
}

/** The name of a function that openCypher has and this engine does not, or null. */
export function unsupportedFunction(name: string): string | null {
  return functions.get(name) ?? null
}
