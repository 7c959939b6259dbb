import { Command } from 'commander'
import { serve } from '../web/serve.ts'

export const main = () => [new Command(), serve]
