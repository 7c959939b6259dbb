import { formatTime, type TimePrecision } from '../base/time.ts'
import type { Host, Theme } from '../host/host.ts'

export type ZoneChoice = 'utc' | 'local'

const storageKey = 'lifeboat.settings'

/** What a person chose for this screen. Kept in the browser's storage: it belongs to the machine one looks from. */
export class Settings {
  theme = $state<Theme>('system')
  zoneChoice = $state<ZoneChoice>('utc')
  readonly #host: Host
  readonly #storage: Storage
  readonly #localZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  readonly #darkSystem = window.matchMedia('(prefers-color-scheme: dark)')
  #isSystemDark = $state(this.#darkSystem.matches)
  /** The IANA name of the zone that times are shown in. */
  zone = $derived(this.zoneChoice === 'utc' ? 'UTC' : this.#localZone)
  shownTheme = $derived(this.theme === 'system' ? (this.#isSystemDark ? 'dark' : 'light') : this.theme)

  constructor(host: Host, storage: Storage) {
    this.#host = host
    this.#storage = storage
    this.#read()
    this.#darkSystem.addEventListener('change', (event) => {
      this.#isSystemDark = event.matches
    })
    host.setTheme(this.theme)
  }

  chooseTheme(theme: Theme): void {
    this.theme = theme
    this.#host.setTheme(theme)
    this.#write()
  }

  chooseZone(choice: ZoneChoice): void {
    this.zoneChoice = choice
    this.#write()
  }

  /** An instant in the chosen zone. */
  time(timeUs: number, precision: TimePrecision = 'microseconds'): string {
    return formatTime(timeUs, this.zone, precision)
  }

  /** The same instant in UTC and in the zone of this screen, a line each. */
  bothTimes(timeUs: number, precision: TimePrecision = 'microseconds'): string {
    const zones = this.#localZone === 'UTC' ? ['UTC'] : ['UTC', this.#localZone]
    return zones.map((zone) => formatTime(timeUs, zone, precision)).join('\n')
  }

  #read(): void {
    try {
      const saved: unknown = JSON.parse(this.#storage.getItem(storageKey) ?? '{}')
      if (typeof saved !== 'object' || saved === null) return
      if ('theme' in saved && isTheme(saved.theme)) this.theme = saved.theme
      if ('zone' in saved && (saved.zone === 'utc' || saved.zone === 'local')) this.zoneChoice = saved.zone
    } catch {
      // settings that cannot be read are no settings: the defaults stand
    }
  }

  #write(): void {
    this.#storage.setItem(storageKey, JSON.stringify({ theme: this.theme, zone: this.zoneChoice }))
  }
}

function isTheme(value: unknown): value is Theme {
  return value === 'dark' || value === 'light' || value === 'system'
}
