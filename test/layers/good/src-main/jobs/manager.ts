import { open } from '../catalog/open.ts'
import type { Message } from '../workers/messages.ts'

export const manager = (message: Message) => [message, open]
