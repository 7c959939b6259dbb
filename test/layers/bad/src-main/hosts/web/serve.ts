import { Command } from 'commander'
import { app } from 'electron'
import { plan } from '../../restore/plan.ts'
import type { Message } from '../../workers/messages.ts'

export const serve = (message: Message) => [message, plan, app, Command]
