import { oc } from '@orpc/contract'
import { z } from 'zod'
import { text } from '#base/text.ts'

export const contract = oc.output(z.literal(text))
export type Contract = typeof contract
