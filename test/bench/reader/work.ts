import type { Measurement } from '../harness.ts'

/** What a piece of work counted. Its seconds are left out where all of it is to be timed. */
export type Work = Omit<Measurement, 'seconds'> & { readonly seconds?: number }
