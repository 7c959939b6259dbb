import { createORPCClient } from '@orpc/client'
import Button from '../ui/Button.svelte'

export const jobs = [Button, createORPCClient]
