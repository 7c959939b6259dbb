/** A path as one word of a command line: POSIX single quotes, or double quotes for a Windows path. */
export function shellWord(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path)) return path
  if (/^[A-Za-z]:\\|^\\\\/.test(path)) return `"${path}"`
  return `'${path.replaceAll("'", "'\\''")}'`
}
