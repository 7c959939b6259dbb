import { key } from '../samyama/key.ts'

export const wide = key
