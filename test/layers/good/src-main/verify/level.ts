import { chain } from '../repository/chain.ts'

export const level = chain
