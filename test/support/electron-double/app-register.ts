/** Preloaded into the app's process: makes `electron` the stand-in and the process look like Electron's. */
import { registerHooks } from 'node:module'

const standIn = new URL('./electron-main.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron' || specifier === 'electron/main') return { url: standIn, shortCircuit: true }
    return next(specifier, context)
  },
})
Object.defineProperty(process.versions, 'electron', { value: '45.4.1' })
Object.assign(process, { type: 'browser' })
// the test ended or died: so does its app
process.once('disconnect', () => process.exit(1))
