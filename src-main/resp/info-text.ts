/** One part of what INFO says. */
export type InfoSection = {
  /** as `Server` */
  readonly name: string
  readonly fields: Readonly<Record<string, string | number>>
}

const everything = new Set(['ALL', 'DEFAULT', 'EVERYTHING'])

/**
 * The text of INFO: `# Section`, lines `name:value`, an empty line between sections.
 * @param wanted names in upper case; none: all sections
 */
export function infoText(sections: readonly InfoSection[], wanted: readonly string[]): string {
  const isAll = wanted.length === 0 || wanted.some((name) => everything.has(name))
  return sections
    .filter((section) => isAll || wanted.includes(section.name.toUpperCase()))
    .map(({ name, fields }) => {
      const lines = Object.entries(fields).map(([field, value]) => `${field}:${value}\r\n`)
      return `# ${name}\r\n${lines.join('')}`
    })
    .join('\r\n')
}
