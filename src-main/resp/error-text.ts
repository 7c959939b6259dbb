/** Everything that could end or break a line of the protocol, or drive a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** The same text in one line: each control character becomes a space, as in Redis. */
export function singleLine(text: string): string {
  return text.replace(controlCharacters, ' ')
}
