import { z } from 'zod'
import { plan } from '../restore/plan.ts'

export const wide = [plan, z]
