import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'

/** Below this all rows are drawn: the browser's own search then finds them. */
const drawnCountMax = 200
const overscan = 12

/** Which rows of a long list are in view. All rows have the height of the token --size-row. */
export class VirtualRows {
  first = $state(0)
  end = $state(0)
  /** The row after the last one in view, give or take some. */
  viewEnd = $state(0)
  readonly rowHeightPx = rowHeightOfTokens()
  #element: HTMLElement | null = null
  #count = 0
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>

  constructor() {
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options())
  }

  get pageSize(): number {
    return Math.max(1, Math.floor((this.#element?.clientHeight ?? 0) / this.rowHeightPx) - 2)
  }

  /** Follows the scrolling of an element, until the answer is called. */
  attach(element: HTMLElement): () => void {
    this.#element = element
    const unmount = this.#virtualizer._didMount()
    this.#virtualizer._willUpdate()
    return () => {
      unmount()
      this.#element = null
    }
  }

  setCount(count: number): void {
    this.#count = count
    this.#virtualizer.setOptions(this.#options())
    this.#virtualizer._willUpdate()
    this.#read()
  }

  scrollTo(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'auto' })
  }

  #read(): void {
    const items = this.#virtualizer.getVirtualItems()
    const isSmall = this.#count <= drawnCountMax
    this.viewEnd = (items.at(-1)?.index ?? -1) + 1
    this.first = isSmall ? 0 : (items[0]?.index ?? 0)
    this.end = isSmall ? this.#count : this.viewEnd
  }

  #options() {
    return {
      count: this.#count,
      getScrollElement: () => this.#element,
      estimateSize: () => this.rowHeightPx,
      overscan,
      // the sticky header lies over the first row's height
      scrollMargin: this.rowHeightPx,
      scrollPaddingStart: this.rowHeightPx,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#read(),
    }
  }
}

function rowHeightOfTokens(): number {
  const token = getComputedStyle(document.documentElement).getPropertyValue('--size-row')
  return Number.parseFloat(token) || 31
}
