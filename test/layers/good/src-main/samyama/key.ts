import { text } from '#base/text.ts'

export const key = text
