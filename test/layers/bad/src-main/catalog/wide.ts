import { z } from 'zod'
import { contract } from '#contract'
import { chain } from '../repository/chain.ts'

export const wide = [chain, contract, z]
