/** The stretch of time that a timeline shows, on so many pixels. Times are microseconds since 1970. */

export type View = { readonly fromUs: number; readonly toUs: number }

/** Wide enough to tell two neighbouring microseconds apart, and no more. */
export const shortestSpanUs = 40

/** The part of the view that stays between what is looked at and its edge. */
const margin = 0.1

export function spanOf({ fromUs, toUs }: View): number {
  return toUs - fromUs
}

export function xOf(view: View, widthPx: number, timeUs: number): number {
  return ((timeUs - view.fromUs) / spanOf(view)) * widthPx
}

/** The whole microsecond at a pixel. */
export function timeAt(view: View, widthPx: number, x: number): number {
  return Math.round(view.fromUs + (x / Math.max(1, widthPx)) * spanOf(view))
}

/** The view inside the bounds, as wide as it can be and never narrower than can be told apart. */
export function within(view: View, bounds: View): View {
  const span = Math.min(Math.max(spanOf(view), shortestSpanUs), Math.max(spanOf(bounds), shortestSpanUs))
  const middleUs = (view.fromUs + view.toUs) / 2
  const lastFromUs = Math.max(bounds.fromUs, bounds.toUs - span)
  const wantedUs = span === spanOf(view) ? view.fromUs : middleUs - span / 2
  const fromUs = Math.round(Math.min(Math.max(wantedUs, bounds.fromUs), lastFromUs))
  return { fromUs, toUs: Math.round(fromUs + span) }
}

/** Zooms by a factor (below 1: closer) so that the instant keeps its place on the screen. */
export function zoomed(view: View, bounds: View, atUs: number, factor: number): View {
  const span = Math.min(Math.max(spanOf(view) * factor, shortestSpanUs), Math.max(spanOf(bounds), shortestSpanUs))
  const share = (atUs - view.fromUs) / spanOf(view)
  const fromUs = atUs - share * span
  return within({ fromUs, toUs: fromUs + span }, bounds)
}

export function panned(view: View, bounds: View, byUs: number): View {
  return within({ fromUs: view.fromUs + byUs, toUs: view.toUs + byUs }, bounds)
}

/** Moves the view no more than is needed to have the instant in it, away from its edges. */
export function showing(view: View, bounds: View, timeUs: number): View {
  const marginUs = spanOf(view) * margin
  if (timeUs < view.fromUs + marginUs) return panned(view, bounds, timeUs - marginUs - view.fromUs)
  if (timeUs > view.toUs - marginUs) return panned(view, bounds, timeUs + marginUs - view.toUs)
  return view
}

/** A view with the instant in its middle. */
export function around(timeUs: number, spanUs: number, bounds: View): View {
  return within({ fromUs: timeUs - spanUs / 2, toUs: timeUs + spanUs / 2 }, bounds)
}
