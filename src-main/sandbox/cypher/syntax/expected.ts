import { EOF, type IParserErrorMessageProvider, type IToken, type TokenType, tokenLabel } from 'chevrotain'
import { shown } from './query-error.ts'

/** More alternatives than this help nobody. */
const NAMES_SHOWN_MAX = 12

/** Syntax errors in our words: what was expected, what was found. */
export const expectedMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) => expectation([expected], actual),
  buildNotAllInputParsedMessage: ({ firstRedundant }) =>
    `expected an operator, the next clause or the end of the query but found ${foundText(firstRedundant)}`,
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual }) =>
    expectation(firstTokens(expectedPathsPerAlt.flat()), actual[0]),
  buildEarlyExitMessage: ({ expectedIterationPaths, actual }) =>
    expectation(firstTokens(expectedIterationPaths), actual[0]),
}

function firstTokens(paths: readonly TokenType[][]): TokenType[] {
  return paths.flatMap((path) => path.slice(0, 1))
}

function expectation(expected: readonly TokenType[], actual: IToken | undefined): string {
  const labels = [
    ...new Set(expected.map((tokenType) => (tokenType === EOF ? 'the end of the query' : tokenLabel(tokenType)))),
  ]
  const names = labels.length > NAMES_SHOWN_MAX ? [...labels.slice(0, NAMES_SHOWN_MAX), 'others'] : labels
  return `expected ${alternatives(names)} but found ${foundText(actual)}`
}

function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function foundText(token: IToken | undefined): string {
  return token === undefined || token.tokenType === EOF ? 'the end of the query' : `'${shown(token.image)}'`
}
