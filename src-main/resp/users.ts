import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '#base/app-error.ts'

/** A user as it is configured. */
export type UserSettings = {
  /** `default` is who AUTH with a password alone logs in */
  readonly name: string
  readonly password: string
  /** names of commands, as `ADMIN.BACKUP`, or of one subcommand, as `ADMIN.BACKUP|LIST`; case-insensitive */
  readonly commands: 'all' | readonly string[]
}

const nobodysDigest = digest('')

function digest(password: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(password).digest()
}

/** A user that may run some commands. */
export class User {
  readonly name: string
  readonly passwordDigest: Uint8Array
  readonly #commands: ReadonlySet<string> | null

  constructor(settings: UserSettings) {
    this.name = settings.name
    this.passwordDigest = digest(settings.password)
    this.#commands =
      settings.commands === 'all' ? null : new Set(settings.commands.map((command) => command.toUpperCase()))
  }

  /** @param subcommand the first argument, '' for none; both in upper case */
  mayRun(command: string, subcommand: string): boolean {
    return this.#commands === null || this.#commands.has(command) || this.#commands.has(`${command}|${subcommand}`)
  }
}

/** The users of a server. None: nobody logs in, everybody may do everything. */
export class Users {
  readonly #byName: ReadonlyMap<string, User>

  /** @throws AppError BAD_REQUEST for a user without name or password, or two of one name */
  constructor(settings: readonly UserSettings[]) {
    for (const { name, password } of settings) {
      if (name === '' || /\s/.test(name)) throw refusal('a user needs a name without spaces', name)
      if (password === '') throw refusal('a user needs a password', name)
    }
    this.#byName = new Map(settings.map((user) => [user.name, new User(user)]))
    if (this.#byName.size < settings.length) throw refusal('two users have one name')
  }

  get isLoginNeeded(): boolean {
    return this.#byName.size > 0
  }

  /** In the same time whether the name is wrong or the password, or how much of it. */
  logIn(name: string, password: Uint8Array): User | null {
    const user = this.#byName.get(name)
    const isRight = timingSafeEqual(digest(password), user?.passwordDigest ?? nobodysDigest)
    return isRight && user !== undefined ? user : null
  }
}

function refusal(message: string, subject?: string): AppError {
  return new AppError('BAD_REQUEST', { message, subject, nextStep: 'Correct the user in the configuration.' })
}
