import Database from 'better-sqlite3'
import { plan } from '../restore/plan.ts'
import { answer } from '../workers/worker-main.ts'

export const wide = [plan, answer, Database]
