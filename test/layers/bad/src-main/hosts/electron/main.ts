import { serve } from '../web/serve.ts'

export const main = serve
