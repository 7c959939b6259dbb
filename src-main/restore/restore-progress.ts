/** How far a restore or a recovery is. */
export type RestoreProgress = {
  phase: string
  doneBytes: number
  totalBytes: number | null
  doneCount: number
  totalCount: number | null
  currentFile: string | null
}

export const nothingYet: RestoreProgress = {
  phase: '',
  doneBytes: 0,
  totalBytes: null,
  doneCount: 0,
  totalCount: null,
  currentFile: null,
}
