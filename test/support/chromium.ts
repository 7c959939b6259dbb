import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..', '..')

/** the package's own flags switch web security off, which would make every policy test worthless */
const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--font-render-hinting=none',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
]

const installedPaths: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/microsoft-edge'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

type Program = { readonly path: string; readonly env: NodeJS.ProcessEnv }

/** Its own families on every machine, so that screenshots are the same with and without installed fonts. */
function fontsConf(unpacked: string): string {
  const folders = [join(unpacked, 'fonts'), join(root, 'node_modules', 'dejavu-fonts-ttf', 'ttf')]
  const aliases = {
    'sans-serif': 'Open Sans',
    'system-ui': 'Open Sans',
    monospace: 'DejaVu Sans Mono',
    serif: 'DejaVu Serif',
  }
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    ...folders.map((folder) => `  <dir>${folder}</dir>`),
    `  <cachedir>${join(unpacked, 'font-cache')}</cachedir>`,
    ...Object.entries(aliases).map(
      ([family, font]) =>
        `  <alias binding="strong"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`,
    ),
    '</fontconfig>',
    '',
  ].join('\n')
}

/**
 * Unpacks the npm Chromium once per version into .cache, under another name first: two test runs may start together.
 * @returns undefined where the package has no program (it is Linux x64 only)
 */
async function npmChromium(): Promise<Program | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const packageDir = join(root, 'node_modules', '@sparticuz', 'chromium')
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string }
  const unpacked = join(root, '.cache', `chromium-${version}`)
  if (!existsSync(unpacked)) await unpack(packageDir, unpacked)
  // rewritten each time: the file names folders of this checkout, and a copied checkout has others
  const fonts = join(unpacked, 'fonts.conf')
  const wanted = fontsConf(unpacked)
  if (!existsSync(fonts) || readFileSync(fonts, 'utf8') !== wanted) writeFileSync(fonts, wanted)
  const env = { LD_LIBRARY_PATH: join(unpacked, 'al2023', 'lib'), FONTCONFIG_FILE: fonts }
  return { path: join(unpacked, 'chromium'), env }
}

async function unpack(packageDir: string, target: string): Promise<void> {
  const temporary = `${target}.${process.pid}.tmp`
  // tar-fs comes with the package and is not ours to declare
  const tar = createRequire(join(packageDir, 'package.json'))('tar-fs') as {
    extract(folder: string): NodeJS.WritableStream
  }
  const extract = (name: string, out: NodeJS.WritableStream) =>
    pipeline(createReadStream(join(packageDir, 'bin', name)), createBrotliDecompress({ chunkSize: 1 << 21 }), out)
  mkdirSync(temporary, { recursive: true })
  try {
    await extract('chromium.br', createWriteStream(join(temporary, 'chromium'), { mode: 0o755 }))
    await extract('al2023.tar.br', tar.extract(join(temporary, 'al2023')))
    await extract('fonts.tar.br', tar.extract(join(temporary, 'fonts')))
    await extract('swiftshader.tar.br', tar.extract(temporary))
    renameSync(temporary, target)
  } catch (error) {
    if (!existsSync(target)) throw error
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function chooseProgram(): Promise<Program> {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) return { path: chosen, env: {} }
  const unpacked = await npmChromium()
  if (unpacked !== undefined) return unpacked
  const installed = installedPaths[process.platform]?.find((path) => existsSync(path))
  if (installed !== undefined) return { path: installed, env: {} }
  throw new Error('no Chromium for the tests: install Chrome, Chromium or Edge, or set CHROMIUM_PATH to one')
}

/** A headless Chromium that reaches loopback only. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const { path, env } = await chooseProgram()
  return chromium.launch({
    executablePath: path,
    chromiumSandbox: false,
    env: { ...process.env, ...env },
    args: flags,
  })
}
