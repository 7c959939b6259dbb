import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { key } from '../samyama/key.ts'

export const wide = [key, z, readFileSync]
