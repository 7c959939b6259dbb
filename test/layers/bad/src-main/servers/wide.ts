import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { wide as resp } from '../resp/wide.ts'

export const wide = [resp, z, readFileSync]
