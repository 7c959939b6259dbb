import { z } from 'zod'
import { wide as agent } from '../agent/wide.ts'

export const wide = [agent, z]
