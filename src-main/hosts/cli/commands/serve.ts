import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startWebHost } from '../../web/server.ts'
import { type CommandOptions, withCore } from '../session.ts'

/** `lifeboat serve`: the interface in a browser of this machine, until Ctrl-C. */
export function serve(
  options: CommandOptions & { port: string; open: boolean; devPage: string | undefined },
): Promise<void> {
  return withCore(options, async (core) => {
    const host = await startWebHost({
      core,
      pageFolder: pageFolder(),
      port: Number(options.port),
      devPageOrigin: options.devPage ?? null,
      onUsedLink: (link) => process.stdout.write(`A new link: ${link}\n`),
    })
    process.stdout.write(`Lifeboat is at ${host.link()}\nCtrl-C ends it; a running restore can be resumed later.\n`)
    if (options.open) openBrowser(host.link())
    await ended()
    await host.close()
  })
}

function pageFolder(): string {
  const isSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(isSource ? '../../../../out/renderer/' : '../renderer/', import.meta.url))
}

/** Opens the default browser where there is a display; where there is none, the printed link has to do. */
function openBrowser(link: string): void {
  const { platform, env } = process
  if (platform === 'linux' && env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined) return
  const command = platform === 'win32' ? 'explorer' : platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(command, [link], { detached: true, stdio: 'ignore' })
  child.on('error', () => process.stdout.write('No browser could be opened; use the link.\n'))
  child.unref()
}

function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
