import { a } from './ring-a.ts'
import { gone } from './gone.ts'

export const b = () => [a, gone]
