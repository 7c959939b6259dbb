import { compileModule } from 'svelte/compiler'
import type { Plugin } from 'vitest/config'

/** Svelte's modules compiled as for the page: Vitest runs them in Node, and would get their server half, without effects. */
export function pageModules(): Plugin {
  return {
    name: 'page-modules',
    // after the types are gone
    enforce: 'post',
    transform: (code, id) =>
      id.endsWith('.svelte.ts') ? compileModule(code, { filename: id, generate: 'client' }).js : undefined,
  }
}
