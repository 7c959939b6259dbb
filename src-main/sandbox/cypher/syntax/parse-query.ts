import { EOF, type IToken, Lexer, type TokenType } from 'chevrotain'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { limits } from '#base/limits.ts'
import { checkClauses } from './check-clauses.ts'
import { queryError, shown } from './query-error.ts'
import { QueryParser } from './query-parser.ts'
import type { Query } from './syntax-tree.ts'
import {
  allTokens,
  Bar,
  Case,
  Colon,
  Dollar,
  Dot,
  End,
  LeftCurly,
  LeftRound,
  LeftSquare,
  RightCurly,
  RightRound,
  RightSquare,
} from './tokens.ts'
import { unsupportedAt } from './unsupported.ts'

let shared: { readonly lexer: Lexer; readonly parser: QueryParser } | null = null

/**
 * Reads one query (openCypher, the part that docs name), with `CYPHER name=value` in front if clients send it.
 * @throws AppError BAD_REQUEST with the place when it is no query, or uses what is not supported
 */
export function parseQuery(text: string): Query {
  if (text.length > limits.queryCharactersMax)
    throw new AppError('LIMIT_EXCEEDED', { message: `a query has ${limits.queryCharactersMax} characters at most` })
  const { lexer, parser } = tools()
  const tokens = tokensOf(lexer, text)
  checkNesting(text, tokens)
  parser.source = text
  parser.input = tokens
  const query = parser.query()
  const [error] = parser.errors
  if (error !== undefined) throw syntaxError(text, tokens, error.token, error.message)
  checkClauses(query)
  return query
}

/** Building the grammar takes longer than most queries: once, when the first query comes. */
function tools(): { readonly lexer: Lexer; readonly parser: QueryParser } {
  shared ??= {
    lexer: new Lexer(allTokens, { positionTracking: 'onlyOffset', recoveryEnabled: false }),
    parser: new QueryParser(),
  }
  return shared
}

function tokensOf(lexer: Lexer, text: string): IToken[] {
  const { tokens, errors } = lexer.tokenize(text)
  const [error] = errors
  if (error !== undefined) throw queryError(text, error.offset, `syntax error: ${lexicalProblem(text, error.offset)}`)
  return tokens
}

function lexicalProblem(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (character === "'" || character === '"') return 'the string that begins here has no end'
  if (character === '`') return 'the name that begins here has no end'
  return `unexpected character '${shown(character)}'`
}

const opening: ReadonlySet<TokenType> = new Set([LeftRound, LeftSquare, LeftCurly, Case])
const closing: ReadonlySet<TokenType> = new Set([RightRound, RightSquare, RightCurly, End])
/** Behind these a keyword is a name. */
const beforeNames: ReadonlySet<TokenType | undefined> = new Set([Dot, Colon, Dollar, Bar])

/** The parser and all that walks the tree go down with brackets and CASE alone, so their stack is bounded here. */
function checkNesting(text: string, tokens: readonly IToken[]): void {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (isName(tokens, index)) continue
    if (opening.has(token.tokenType)) depth += 1
    else if (closing.has(token.tokenType) && depth > 0) depth -= 1
    if (depth > limits.queryNestingMax)
      throw queryError(text, token.startOffset, `brackets are nested more than ${limits.queryNestingMax} deep`)
  }
}

/** `n.end`, `:Case`, `{end: 1}`: no CASE begins or ends there. */
function isName(tokens: readonly IToken[], index: number): boolean {
  const type = tokens[index]?.tokenType
  if (type !== Case && type !== End) return false
  return beforeNames.has(tokens[index - 1]?.tokenType) || tokens[index + 1]?.tokenType === Colon
}

function syntaxError(text: string, tokens: readonly IToken[], token: IToken, message: string): AppError {
  const isAtEnd = token.tokenType === EOF
  const index = isAtEnd ? tokens.length : tokens.indexOf(token)
  assert(index >= 0, 'a syntax error is at one of the tokens or at the end')
  const at = isAtEnd ? text.length : token.startOffset
  const unsupported = unsupportedAt(tokens, index)
  if (unsupported !== null) return queryError(text, unsupported.at, `${unsupported.name} is not supported`)
  const comment = [at - 1, at].find((place) => text.startsWith('/*', place))
  if (comment !== undefined) return queryError(text, comment, 'syntax error: the comment that begins here has no end')
  return queryError(text, at, `syntax error: ${message}`)
}
