import { key } from '../samyama/key.ts'
import { z } from 'zod'

export const up = [key, z]
