import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** WCAG 2.2 AA for text of any size. */
const leastContrast = 4.5

const css = readFileSync(new URL('../../../src-renderer/styles/tokens.css', import.meta.url), 'utf8')

type Colour = readonly [red: number, green: number, blue: number, alpha: number]

function tokensOf(selector: string): Map<string, Colour> {
  const start = css.indexOf('{', css.indexOf(selector))
  const block = css.slice(start, css.indexOf('}', start))
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6,8});/g)].map(([, name, hex]) => [name!, colourOf(hex!)]))
}

function colourOf(hex: string): Colour {
  const channel = (index: number) => Number.parseInt(hex.slice(1 + index * 2, 3 + index * 2) || 'ff', 16)
  return [channel(0), channel(1), channel(2), channel(3)]
}

function over(top: Colour, bottom: Colour): Colour {
  const share = top[3] / 255
  const mix = (index: 0 | 1 | 2) => top[index] * share + bottom[index] * (1 - share)
  return [mix(0), mix(1), mix(2), 255]
}

function luminance([red, green, blue]: Colour): number {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = value / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(left: Colour, right: Colour): number {
  const [dark, light] = [luminance(left), luminance(right)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

/** Every pair of text and ground that components use, with the contrast it has. */
function weakPairs(tokens: ReadonlyMap<string, Colour>): string[] {
  const get = (name: string) => tokens.get(name)!
  const weak: string[] = []
  const check = (name: string, text: Colour, ground: Colour) => {
    const found = contrast(text, ground)
    if (!(found >= leastContrast)) weak.push(`${name} ${found.toFixed(2)}`)
  }
  for (const text of ['text', 'text-2', 'text-3', 'accent-text', 'good', 'warn', 'bad']) {
    for (const ground of ['bg', 'surface', 'raised', 'sunken']) {
      const chosen = over(get('accent-soft'), get(ground))
      check(`${text} on ${ground}`, get(text), get(ground))
      check(`${text} on chosen ${ground}`, get(text), chosen)
      const soft = tokens.get(`${text}-soft`)
      if (soft !== undefined && ground !== 'sunken')
        check(`${text} pill on chosen ${ground}`, get(text), over(soft, chosen))
    }
  }
  check('on-accent', get('on-accent'), get('accent-fill'))
  check('on-accent hovered', get('on-accent'), get('accent-fill-hover'))
  return weak
}

test.each(['[data-theme="dark"]', '[data-theme="light"]'])('text can be read on every ground of %s', (selector) => {
  expect(weakPairs(tokensOf(selector))).toEqual([])
})

test('the check itself finds grey on white', () => {
  const tokens = new Map(tokensOf('[data-theme="light"]')).set('text-3', colourOf('#8496a9'))
  expect(weakPairs(tokens).map((pair) => pair.replace(/ [\d.]+$/, ''))).toContain('text-3 on surface')
})
