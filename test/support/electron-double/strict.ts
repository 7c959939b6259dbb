/** Members that the language itself looks for. */
const asked = new Set<string | symbol>(['then', 'toJSON', 'constructor'])

/** The object, with unknown members throwing where they would be silently undefined. */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, member) {
      if (!(member in object) && typeof member === 'string' && !asked.has(member)) {
        throw new Error(`electron double: ${name}.${member} is not implemented`)
      }
      const value: unknown = Reflect.get(object, member, object)
      return typeof value === 'function' && !('prototype' in value && value.prototype) ? value.bind(object) : value
    },
    set(object, member, value) {
      if (!(member in object)) throw new Error(`electron double: ${name}.${String(member)} is not implemented`)
      return Reflect.set(object, member, value, object)
    },
  })
}
