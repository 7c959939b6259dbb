import { chain } from '../repository/chain.ts'

export const plan = chain
