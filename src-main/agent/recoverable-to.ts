/**
 * The time of the newest state that can be gone back to: the archive has gone on since the repository was looked at.
 * @param window the newest one, as it was then
 * @param isContinuous nothing lacks between it and what is archived now
 */
export function recoverableTo(
  window: { readonly fromSequence: number; readonly toUs: number | null },
  view: { readonly archivedSequence: number | null; readonly lastCommitAtUs: number | null },
  isContinuous: boolean,
): number | null {
  const { archivedSequence, lastCommitAtUs } = view
  const isBehind = archivedSequence === null || archivedSequence < window.fromSequence
  if (isBehind || !isContinuous || lastCommitAtUs === null) return window.toUs
  return Math.max(window.toUs ?? 0, lastCommitAtUs)
}
