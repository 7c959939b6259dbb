import { createORPCClient } from '@orpc/client'
import type { Contract } from '#contract'

export const client = (contract: Contract) => [contract, createORPCClient]
