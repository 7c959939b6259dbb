import { type FileLayer, nodeFileLayer } from '../../src-main/base/file-layer.ts'

export type LayerCall = keyof FileLayer

/** A file layer that notes every call, and does what `before` says first: throw, or nothing. */
export function watchedLayer(before: (call: LayerCall, args: readonly unknown[], count: number) => void): FileLayer {
  const counts = new Map<LayerCall, number>()
  const watched = (call: LayerCall) => {
    const real = nodeFileLayer[call] as (...args: unknown[]) => unknown
    return (...args: unknown[]) => {
      const count = (counts.get(call) ?? 0) + 1
      counts.set(call, count)
      before(call, args, count)
      return real(...args)
    }
  }
  return Object.fromEntries(Object.keys(nodeFileLayer).map((call) => [call, watched(call as LayerCall)])) as never
}

export const layerCalls = Object.keys(nodeFileLayer) as LayerCall[]

/** An error as Node throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: planted`), { code })
}
