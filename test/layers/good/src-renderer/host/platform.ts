import { text } from '../base/text.ts'

export const platform = text
