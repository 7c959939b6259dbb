import { plan } from '../restore/plan.ts'
import { level } from '../verify/level.ts'
import type { Message } from './messages.ts'

export const answer = (message: Message) => [message, plan, level]
