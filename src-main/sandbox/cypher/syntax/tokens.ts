import { createToken, Lexer, type TokenType } from 'chevrotain'

/** Any word where no keyword can stand: property names, labels, types. */
export const AnyName = createToken({ name: 'AnyName', pattern: Lexer.NA, label: 'a name' })
/** The name of a variable: keywords need backticks. */
export const VariableName = createToken({ name: 'VariableName', pattern: Lexer.NA, label: 'a variable' })

/** Letters of all scripts, without the punctuation and spaces that lie among them: a typographic quote is no letter. */
const LETTERS =
  'A-Za-z_\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u1fff\\u2c00-\\u2dff\\u3040-\\ufdff\\ufe70-\\uff0c\\uff10-\\uffdc'

export const Identifier = createToken({
  name: 'Identifier',
  pattern: new RegExp(`[${LETTERS}][${LETTERS}0-9]*`),
  categories: [AnyName, VariableName],
  label: 'a name',
})

const EscapedName = createToken({
  name: 'EscapedName',
  pattern: /`[^`]*(?:``[^`]*)*`/,
  categories: [AnyName, VariableName],
  line_breaks: true,
  label: 'a name',
})

function keyword(word: string, pattern = new RegExp(word, 'i')): TokenType {
  return createToken({ name: word, pattern, longer_alt: Identifier, categories: [AnyName], label: word })
}

export const All = keyword('ALL')
export const And = keyword('AND')
export const As = keyword('AS')
export const Ascending = keyword('ASC', /ASC(?:ENDING)?/i)
export const By = keyword('BY')
export const Case = keyword('CASE')
export const Contains = keyword('CONTAINS')
export const Create = keyword('CREATE')
export const CypherWord = keyword('CYPHER')
export const Delete = keyword('DELETE')
export const Descending = keyword('DESC', /DESC(?:ENDING)?/i)
export const Detach = keyword('DETACH')
export const Distinct = keyword('DISTINCT')
export const Else = keyword('ELSE')
export const End = keyword('END')
export const Ends = keyword('ENDS')
export const False = keyword('FALSE')
export const In = keyword('IN')
export const Is = keyword('IS')
export const Limit = keyword('LIMIT')
export const Match = keyword('MATCH')
export const Merge = keyword('MERGE')
export const Not = keyword('NOT')
export const Null = keyword('NULL')
export const On = keyword('ON')
export const Optional = keyword('OPTIONAL')
export const Or = keyword('OR')
export const Order = keyword('ORDER')
export const Remove = keyword('REMOVE')
export const Return = keyword('RETURN')
export const SetWord = keyword('SET')
export const Skip = keyword('SKIP')
export const Starts = keyword('STARTS')
export const Then = keyword('THEN')
export const True = keyword('TRUE')
export const Union = keyword('UNION')
export const Unwind = keyword('UNWIND')
export const When = keyword('WHEN')
export const Where = keyword('WHERE')
export const With = keyword('WITH')
export const Xor = keyword('XOR')

// biome-ignore format: a list
const keywords = [
  All, And, As, Ascending, By, Case, Contains, Create, CypherWord, Delete, Descending, Detach, Distinct, Else, End, Ends,
  False, In, Is, Limit, Match, Merge, Not, Null, On, Optional, Or, Order, Remove, Return, SetWord, Skip, Starts, Then,
  True, Union, Unwind, When, Where, With, Xor,
]

/** The lexer takes the first that fits: a keyword must stand before its own beginnings. */
const longestFirst = keywords.toSorted((left, right) => right.name.length - left.name.length)

export const FloatNumber = createToken({
  name: 'FloatNumber',
  pattern: /(?:\d+\.\d+|\.\d+)(?:e[+-]?\d+)?|\d+e[+-]?\d+/i,
  label: 'a number',
})
export const IntegerNumber = createToken({
  name: 'IntegerNumber',
  pattern: /0x[0-9a-f]+|0o[0-7]+|\d+/i,
  label: 'an integer',
})
export const Text = createToken({
  name: 'Text',
  pattern: /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/,
  line_breaks: true,
  label: 'a string',
})

function sign(name: string, text: string): TokenType {
  return createToken({ name, pattern: text, label: `'${text}'` })
}

export const DotDot = sign('DotDot', '..')
export const Dot = sign('Dot', '.')
export const LeftRound = sign('LeftRound', '(')
export const RightRound = sign('RightRound', ')')
export const LeftSquare = sign('LeftSquare', '[')
export const RightSquare = sign('RightSquare', ']')
export const LeftCurly = sign('LeftCurly', '{')
export const RightCurly = sign('RightCurly', '}')
export const Comma = sign('Comma', ',')
export const Colon = sign('Colon', ':')
export const Semicolon = sign('Semicolon', ';')
export const Dollar = sign('Dollar', '$')
export const Bar = sign('Bar', '|')
export const PlusEquals = sign('PlusEquals', '+=')
export const Plus = sign('Plus', '+')
export const Minus = sign('Minus', '-')
export const Star = sign('Star', '*')
export const Slash = sign('Slash', '/')
export const Percent = sign('Percent', '%')
export const Caret = sign('Caret', '^')
export const NotEquals = sign('NotEquals', '<>')
export const LessOrEquals = sign('LessOrEquals', '<=')
export const GreaterOrEquals = sign('GreaterOrEquals', '>=')
const RegularExpression = sign('RegularExpression', '=~')
export const Equals = sign('Equals', '=')
export const Less = sign('Less', '<')
export const Greater = sign('Greater', '>')

const ignored = [
  createToken({ name: 'Space', pattern: /[\s\ufeff]+/, group: Lexer.SKIPPED, line_breaks: true }),
  createToken({ name: 'LineComment', pattern: /\/\/[^\r\n]*/, group: Lexer.SKIPPED }),
  createToken({
    name: 'BlockComment',
    pattern: /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//,
    group: Lexer.SKIPPED,
    line_breaks: true,
  }),
]

// biome-ignore format: a list
export const allTokens: TokenType[] = [
  ...ignored, ...longestFirst, Identifier, EscapedName, DotDot, FloatNumber, IntegerNumber, Text, Dot,
  LeftRound, RightRound, LeftSquare, RightSquare, LeftCurly, RightCurly, Comma, Colon, Semicolon, Dollar, Bar,
  PlusEquals, Plus, Minus, Star, Slash, Percent, Caret, NotEquals, LessOrEquals, GreaterOrEquals, RegularExpression,
  Equals, Less, Greater, AnyName, VariableName,
]
