import { implement } from '@orpc/server'
import { contract } from '#contract'
import { manager } from '../jobs/manager.ts'

export const router = [implement(contract), manager]
