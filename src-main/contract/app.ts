import { oc } from '@orpc/contract'
import { z } from 'zod'
import { callErrors, Path } from './common.ts'

export const AppInfo = z.strictObject({
  version: z.string(),
  platform: z.string(),
  /** where the catalogue lies */
  dataFolder: Path,
  homeFolder: Path,
  workerCount: z.number().int().positive(),
})
export type AppInfo = z.infer<typeof AppInfo>

export const app = {
  info: oc.errors(callErrors).output(AppInfo),
}
