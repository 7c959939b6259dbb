import { platform } from '../host/platform.ts'

export const wide = platform
