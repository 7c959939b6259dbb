import { serve } from '../hosts/web/serve.ts'

export const wide = serve
