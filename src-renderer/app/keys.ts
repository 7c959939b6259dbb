/** What a key asks of the whole page. */
export type GlobalCommand = 'palette' | 'keys' | 'open' | 'home' | 'activity' | 'settings'

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

const chordMs = 1_000
const afterG: Readonly<Record<string, GlobalCommand>> = { h: 'home', a: 'activity', s: 'settings' }
const single: Readonly<Record<string, GlobalCommand>> = { '?': 'keys', o: 'open' }

/** Understands keys and chords (g h). Keys typed into a field are text: only Ctrl-K works there. */
export class GlobalKeys {
  #chordStartMs: number | null = null

  commandOf(press: Press, isTyping: boolean, atMs: number): GlobalCommand | null {
    const inChord = this.#chordStartMs !== null && atMs - this.#chordStartMs < chordMs
    this.#chordStartMs = null
    if ((press.ctrlKey || press.metaKey) && press.key.toLowerCase() === 'k') return 'palette'
    if (isTyping || press.ctrlKey || press.metaKey || press.altKey) return null
    if (inChord) return afterG[press.key] ?? null
    if (press.key === 'g') this.#chordStartMs = atMs
    return single[press.key] ?? null
  }
}
