import { z } from 'zod'
import { chain } from '../repository/chain.ts'

export const wide = [chain, z]
