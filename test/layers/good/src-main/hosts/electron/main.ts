import { app } from 'electron'
import { createCore } from '../../core/create-core.ts'

export const main = [app, createCore]
