import { parseRoute, type Route } from '../base/routes.ts'

/** Where the person is: the page's address, as a place. */
export class Navigation {
  hash = $state(window.location.hash)
  route: Route = $derived(parseRoute(this.hash))

  start(signal: AbortSignal): void {
    window.addEventListener(
      'hashchange',
      () => {
        this.hash = window.location.hash
      },
      { signal },
    )
  }

  go(href: string): void {
    window.location.hash = href
  }

  /** Goes there without leaving this place in the history. */
  replace(href: string): void {
    window.location.replace(href)
  }
}
