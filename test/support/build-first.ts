import { ensureBundle } from '../../scripts/setup/bundle.mjs'

/** Before tests that run the built programs: builds them when a source is newer. */
export async function setup(): Promise<void> {
  await ensureBundle(process.execPath, () => {})
}
