const COMMENT = '#'
const ESCAPE = '\\'

/**
 * The text between white space, without a comment: a `#` that no backslash stands before ends the line.
 * RocksDB: options/options_parser.cc TrimAndRemoveComment
 */
export function withoutComment(line: string): string {
  let end = line.indexOf(COMMENT)
  while (end > 0 && line[end - 1] === ESCAPE) end = line.indexOf(COMMENT, end + 1)
  return trimmed(end < 0 ? line : line.slice(0, end))
}

/** Only what C's isspace() takes for white space: names may begin or end in anything else. */
export function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

/** RocksDB: util/string_util.cc UnescapeOptionString */
export function unescaped(text: string): string {
  return text.replace(/\\(.?)/gs, (_, character: string) => {
    return character === 'n' ? '\n' : character === 'r' ? '\r' : character
  })
}

/** Decoded as the names in a MANIFEST are: UTF-8 where it is valid, else latin1, so that every byte is kept. */
export function readable(bytes: Buffer): string {
  const utf8 = bytes.toString('utf8')
  return Buffer.from(utf8, 'utf8').equals(bytes) ? utf8 : bytes.toString('latin1')
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
