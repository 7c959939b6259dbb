/** What a key does on a timeline. */
export type TimelineKey = 'back' | 'on' | 'pan-back' | 'pan-on' | 'closer' | 'wider' | 'first' | 'last' | 'all'

const plain: Record<string, TimelineKey> = {
  ArrowLeft: 'back',
  ArrowUp: 'back',
  ArrowRight: 'on',
  ArrowDown: 'on',
  '+': 'closer',
  '=': 'closer',
  PageUp: 'closer',
  '-': 'wider',
  _: 'wider',
  PageDown: 'wider',
  Home: 'first',
  End: 'last',
  '0': 'all',
}

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** null: the key is for somebody else. */
export function timelineKeyOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Pressed): TimelineKey | null {
  if (ctrlKey || metaKey || altKey) return null
  const meant = plain[key] ?? null
  if (!shiftKey) return meant
  if (meant === 'back') return 'pan-back'
  return meant === 'on' ? 'pan-on' : meant
}
