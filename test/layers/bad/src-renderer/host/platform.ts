import { readFileSync } from 'node:fs'
import { jobs } from '../stores/jobs.svelte.ts'

export const platform = [jobs, readFileSync]
