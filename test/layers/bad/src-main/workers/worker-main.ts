import { wide } from '../api/wide.ts'

export const answer = wide
