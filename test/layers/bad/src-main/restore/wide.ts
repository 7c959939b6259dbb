import { wide as level } from '../verify/wide.ts'

export const wide = level
