import { router } from '../api/router.ts'
import { plan } from '../restore/plan.ts'

export const createCore = () => [router, plan]
