import { openSync } from 'node:fs'

export const open = openSync
